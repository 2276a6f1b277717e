/**
 * Throttling: block queues, fair queueing within a group, timers, and the slot that holds a policy.
 *
 * <p>Knows the API only. An admitted request leaves through a {@link dev.weir.engine.throttle.RequestSink}.
 */
@NullMarked
package dev.weir.engine.throttle;

import org.jspecify.annotations.NullMarked;
