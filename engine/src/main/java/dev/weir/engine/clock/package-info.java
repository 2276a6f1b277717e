/** The system clock, its timer heap and a timer for retries. */
@NullMarked
package dev.weir.engine.clock;

import org.jspecify.annotations.NullMarked;
