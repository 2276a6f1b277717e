/** Certificates and key stores for tests. */
@NullMarked
package dev.weir.testkit.tls;

import org.jspecify.annotations.NullMarked;
