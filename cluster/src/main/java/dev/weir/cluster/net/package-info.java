/** Membership and messages by JGroups. Nothing here is loaded while the cluster is off. */
@NullMarked
package dev.weir.cluster.net;

import org.jspecify.annotations.NullMarked;
