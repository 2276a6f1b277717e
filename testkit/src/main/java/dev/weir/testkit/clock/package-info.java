/** A clock that tests move by hand. */
@NullMarked
package dev.weir.testkit.clock;

import org.jspecify.annotations.NullMarked;
