package dev.weir.cluster;

import dev.weir.throttle.LimitKey;
import dev.weir.throttle.ThrottleLimits;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.function.LongUnaryOperator;
import org.jspecify.annotations.Nullable;

/**
 * The part of a host in the limits that a cluster shares. All hosts must be configured with the same number of hosts
 * and the same weights. The safe shares of all hosts then add up to at most the limit without any message between them.
 *
 * <p>Immutable.
 *
 * @param weight the weight of the host, 1 to {@value #MAX_WEIGHT}
 * @param totalWeight the sum of the weights of all configured hosts
 * @param hosts the number of configured hosts, 1 to {@value #MAX_HOSTS}
 * @param onPartition the share of a host without a lease
 */
public record ClusterScope(int weight, int totalWeight, int hosts, OnPartition onPartition) {

    /** The largest number of hosts. */
    public static final int MAX_HOSTS = 1_000;

    /** The largest weight of a host. */
    public static final int MAX_WEIGHT = 1_000;

    /** A host without a cluster. Its safe share is the limit. */
    public static final ClusterScope ALONE = new ClusterScope(1, 1, 1, OnPartition.SAFE_SHARE);

    /** The least share as a divisor of the safe share. */
    private static final int LEAST = 50;

    /**
     * Checks the ranges.
     *
     * @param weight the weight of the host
     * @param totalWeight the sum of the weights of all configured hosts
     * @param hosts the number of configured hosts
     * @param onPartition the share of a host without a lease
     * @throws IllegalArgumentException if a value is out of range
     */
    public ClusterScope {
        if (hosts < 1 || hosts > MAX_HOSTS) {
            throw new IllegalArgumentException("hosts = " + hosts + ": must be from 1 to " + MAX_HOSTS);
        }
        if (weight < 1 || weight > MAX_WEIGHT) {
            throw new IllegalArgumentException("weight = " + weight + ": must be from 1 to " + MAX_WEIGHT);
        }
        if (totalWeight < weight + hosts - 1) {
            throw new IllegalArgumentException("total weight = " + totalWeight + ": must cover " + hosts + " hosts");
        }
    }

    /** {@return whether a host without a lease holds every request} */
    public boolean holds() {
        return onPartition == OnPartition.HOLD;
    }

    /** {@return whether there is no other host} */
    public boolean isAlone() {
        return hosts == 1;
    }

    /**
     * {@return the rule that a limit of a group of the cluster breaks; null if it breaks none} A host alone has no
     * rule.
     *
     * @param limits the limits of the group
     * @param limit one of them
     */
    public @Nullable String brokenRule(ThrottleLimits limits, LimitKey limit) {
        if (isAlone()) {
            return null;
        }
        if (limits.isScaled(limit)) {
            return "must not scale with the size of drives with scope = cluster";
        }
        boolean isTooLow = limits.rate(limit) > 0 && limits.rate(limit) < hosts;
        return isTooLow ? "must be at least " + hosts + ", one for each host of the cluster" : null;
    }

    /**
     * {@return the share of a host that hears no other one: limit × weight ÷ total weight, rounded down} Each host
     * has at least one unit of a limit of as many units.
     *
     * @param limit the limit (its unit per second), 0 to {@link ThrottleLimits#MAX_VALUE}
     */
    public long safe(long limit) {
        long each = limit >= hosts ? 1 : 0;
        return each + (limit - each * hosts) * weight / totalWeight;
    }

    /**
     * {@return the share of a host without a lease that may have had one before it restarted: one fiftieth of the safe
     * share} A host alone has the whole limit.
     *
     * @param limit the limit (its unit per second), 0 to {@link ThrottleLimits#MAX_VALUE}
     */
    public long least(long limit) {
        long safe = safe(limit);
        return isAlone() ? safe : Math.min(safe, Math.max(1, safe / LEAST));
    }

    /**
     * {@return the safe share in each limit, without bursts}
     *
     * @param limits the limits
     */
    public ThrottleLimits safe(ThrottleLimits limits) {
        return part(limits, this::safe);
    }

    /**
     * {@return the least share in each limit, without bursts}
     *
     * @param limits the limits
     */
    public ThrottleLimits least(ThrottleLimits limits) {
        return part(limits, this::least);
    }

    private ThrottleLimits part(ThrottleLimits limits, LongUnaryOperator share) {
        if (isAlone()) {
            return limits;
        }
        Map<String, Long> values = new LinkedHashMap<>();
        for (LimitKey limit : LimitKey.ALL) {
            if (limits.rate(limit) > 0) {
                // 0 would be no limit
                values.put(limit.key(), Math.max(1, share.applyAsLong(limits.rate(limit))));
            }
        }
        boolean countsRequests = LimitKey.ALL.stream().anyMatch(key -> !key.countsBytes() && limits.rate(key) > 0);
        if (countsRequests) {
            values.put(ThrottleLimits.IOPS_SIZE, limits.iopsSize());
        }
        return ThrottleLimits.of(values);
    }
}
