/** The addresses at which the hosts of a cluster listen: listed, in a file or by DNS. */
@NullMarked
package dev.weir.cluster.members;

import org.jspecify.annotations.NullMarked;
