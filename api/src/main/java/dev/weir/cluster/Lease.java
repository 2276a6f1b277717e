package dev.weir.cluster;

import dev.weir.throttle.ThrottleLimits;

/**
 * The share of this host in the limits of a group.
 *
 * @param limits the share as ordinary limits; a rate of 0 is no limit, as everywhere
 * @param hasEnd whether the lease ends; the group holds its requests from then on until the next lease
 * @param endNanos its end in nanoseconds of the engine's clock; without meaning if it does not end
 * @param reason why the group holds every request; empty if it does not
 */
public record Lease(ThrottleLimits limits, boolean hasEnd, long endNanos, String reason) {

    /**
     * {@return a lease that ends}
     *
     * @param limits the share
     * @param endNanos its end in nanoseconds of the engine's clock
     */
    public static Lease until(ThrottleLimits limits, long endNanos) {
        return new Lease(limits, true, endNanos, "");
    }

    /**
     * {@return a lease without end}
     *
     * @param limits the share
     */
    public static Lease endless(ThrottleLimits limits) {
        return new Lease(limits, false, 0, "");
    }

    /**
     * {@return a lease under which every request waits}
     *
     * @param limits the limits to show
     * @param reason why
     */
    public static Lease none(ThrottleLimits limits, String reason) {
        return new Lease(limits, false, 0, reason);
    }
}
