/** Counters and latency histograms of a drive. */
@NullMarked
package dev.weir.engine.statistics;

import org.jspecify.annotations.NullMarked;
