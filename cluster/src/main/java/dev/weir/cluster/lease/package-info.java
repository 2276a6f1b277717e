/**
 * Leases on shares of limits: the coordinator that grants them and the host that holds them. Pure state machines: time
 * is an argument and messages are values. See docs/design/decisions/056.
 */
@NullMarked
package dev.weir.cluster.lease;

import org.jspecify.annotations.NullMarked;
