/** What every throttling policy is held to. */
@NullMarked
package dev.weir.testkit.throttle;

import org.jspecify.annotations.NullMarked;
