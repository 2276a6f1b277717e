/** Messages between the hosts of a cluster, as immutable values: reports to the coordinator and its offers. */
@NullMarked
package dev.weir.cluster.message;

import org.jspecify.annotations.NullMarked;
