/** Messages of the cluster as bytes. Unknown fields are ignored for hosts of other versions. */
@NullMarked
package dev.weir.cluster.wire;

import org.jspecify.annotations.NullMarked;
