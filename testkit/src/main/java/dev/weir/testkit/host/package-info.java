/** Programs and networks of the machine that runs a test or a benchmark. */
@NullMarked
package dev.weir.testkit.host;

import org.jspecify.annotations.NullMarked;
