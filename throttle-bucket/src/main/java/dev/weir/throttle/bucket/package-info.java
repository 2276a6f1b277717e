/** The policy {@code bucket}. */
@NullMarked
package dev.weir.throttle.bucket;

import org.jspecify.annotations.NullMarked;
