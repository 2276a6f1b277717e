/**
 * Limits that drives on several hosts share. The engine reports the demand of a group to a {@link
 * dev.weir.cluster.LimitBroker}, which leases it a share of the group's limits.
 */
@Export
@Version("3.0.0")
@NullMarked
package dev.weir.cluster;

import org.jspecify.annotations.NullMarked;
import org.osgi.annotation.bundle.Export;
import org.osgi.annotation.versioning.Version;
