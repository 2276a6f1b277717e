/** A virtual clock for tests. */
@NullMarked
package dev.weir.testkit.clock;

import org.jspecify.annotations.NullMarked;
