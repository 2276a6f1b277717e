/** The system clock and its timer heap. */
@NullMarked
package dev.weir.engine.clock;

import org.jspecify.annotations.NullMarked;
