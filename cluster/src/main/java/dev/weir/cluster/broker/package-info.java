/** The service of the cluster: it connects the engine's groups, the state machines of leases and the network. */
@NullMarked
package dev.weir.cluster.broker;

import org.jspecify.annotations.NullMarked;
