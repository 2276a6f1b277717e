/**
 * Throttling: block queues, fair queueing within a tree of groups, and forecasts.
 *
 * <p>Knows the API and {@code engine.policy} only. An admitted request leaves through a
 * {@link dev.weir.engine.throttle.RequestSink}.
 */
@NullMarked
package dev.weir.engine.throttle;

import org.jspecify.annotations.NullMarked;
