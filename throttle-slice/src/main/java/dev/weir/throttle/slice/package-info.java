/** The policy {@code slice}. */
@NullMarked
package dev.weir.throttle.slice;

import org.jspecify.annotations.NullMarked;
