/** The contract suite for throttling policies. */
@NullMarked
package dev.weir.testkit.throttle;

import org.jspecify.annotations.NullMarked;
