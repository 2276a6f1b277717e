/** Drives as Prometheus and JMX see them. */
@NullMarked
package dev.weir.metrics;

import org.jspecify.annotations.NullMarked;
