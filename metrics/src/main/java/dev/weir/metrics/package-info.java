/** Metrics of the drives for Prometheus and JMX. */
@NullMarked
package dev.weir.metrics;

import org.jspecify.annotations.NullMarked;
