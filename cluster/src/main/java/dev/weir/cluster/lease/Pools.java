package dev.weir.cluster.lease;

import dev.weir.cluster.OnPartition;
import dev.weir.cluster.message.GroupLease;
import dev.weir.cluster.message.GroupReport;
import dev.weir.cluster.message.Rates;
import dev.weir.cluster.message.Report;
import java.util.Collection;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/** The groups of a term, each with an index for arrays. Not thread-safe. */
final class Pools {
    private final Timing timing;
    private final OnPartition onPartition;
    private final Map<String, Pool> byName = new LinkedHashMap<>();
    private boolean fills;

    Pools(Timing timing, OnPartition onPartition) {
        this.timing = timing;
        this.onPartition = onPartition;
    }

    Collection<Pool> all() {
        return byName.values();
    }

    /** Returns a group; null if no host has reported it. */
    @Nullable
    Pool get(String name) {
        return byName.get(name);
    }

    /** Lets the reserves for bursts fill from now on; see {@link Pool#fill}. */
    void fill(long now) {
        fills = true;
        all().forEach(pool -> pool.fill(now));
    }

    /** Returns the groups of a report by index. New groups are added. */
    @Nullable
    GroupReport[] indexed(Report report, long now) {
        report.groups().keySet().forEach(name -> byName.computeIfAbsent(name, key -> added(name, now)));
        @Nullable GroupReport[] groups = new GroupReport[byName.size()];
        report.groups().forEach((name, group) -> groups[index(name)] = group);
        return groups;
    }

    /** Returns the shares of a lease by index. */
    @Nullable
    Rates[] indexed(Map<String, GroupLease> lease) {
        @Nullable Rates[] shares = new Rates[byName.size()];
        lease.forEach((name, group) -> shares[index(name)] = group.share());
        return shares;
    }

    private int index(String name) {
        return Objects.requireNonNull(byName.get(name), name).index;
    }

    private Pool added(String name, long now) {
        Pool pool = new Pool(name, byName.size(), timing, onPartition, now);
        if (fills) {
            pool.fill(now);
        }
        return pool;
    }
}
