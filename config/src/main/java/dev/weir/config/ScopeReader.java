package dev.weir.config;

import dev.weir.cluster.ClusterScope;
import dev.weir.throttle.LimitKey;
import dev.weir.throttle.ThrottleLimits;
import org.jspecify.annotations.Nullable;

/** Parses the scope of a group: this host or the cluster. */
final class ScopeReader {
    private ScopeReader() {}

    /**
     * Returns the part of this host in the limits of a group of the cluster; null for a group of this host.
     *
     * @param cluster the cluster; null if it is off
     */
    static @Nullable ClusterScope read(Setting group, ThrottleLimits limits, ClusterReader.@Nullable Cluster cluster) {
        Setting setting = group.child("scope");
        String scope = Values.word(setting);
        if (scope == null || scope.equals("host")) {
            return null;
        }
        if (!scope.equals("cluster")) {
            setting.fault("must be host or cluster");
            return null;
        }
        if (group.child("parent").isSet()) {
            group.child("parent").fault("must not be set with scope = cluster");
        }
        if (cluster == null) {
            setting.warn("has no effect without weir.cluster; the limits apply to this host alone");
            return ClusterScope.ALONE;
        }
        check(group.child("limits"), limits, cluster.scope());
        return cluster.scope();
    }

    private static void check(Setting setting, ThrottleLimits limits, ClusterScope scope) {
        for (LimitKey limit : LimitKey.ALL) {
            String rule = scope.brokenRule(limits, limit);
            if (rule != null) {
                setting.child(limit.key()).fault(rule);
            }
        }
    }
}
