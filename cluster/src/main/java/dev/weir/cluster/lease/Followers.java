package dev.weir.cluster.lease;

import dev.weir.cluster.ClusterScope;
import java.util.Collection;
import java.util.LinkedHashMap;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** The followers of a term and their majority. Not thread-safe. */
final class Followers {
    private final ClusterScope scope;
    private final Map<String, Follower> byHost = new LinkedHashMap<>();

    Followers(ClusterScope scope) {
        this.scope = scope;
    }

    @Nullable
    Follower get(String host) {
        return byHost.get(host);
    }

    void add(Follower follower) {
        byHost.put(follower.host, follower);
    }

    void clear() {
        byHost.clear();
    }

    int size() {
        return byHost.size();
    }

    /** Returns the followers in the order of their first reports. */
    Collection<Follower> all() {
        return byHost.values();
    }

    /** Returns whether every configured host has followed the term. */
    boolean isComplete() {
        return byHost.size() == scope.hosts();
    }

    /** Returns whether a majority has promised to follow no other term. */
    boolean hasMajority(long now) {
        return isMajority(now, false);
    }

    /** Returns whether the majority has lasted without a pause in which another term could have had one. */
    boolean hasSteadyMajority(long now) {
        return isMajority(now, true);
    }

    private boolean isMajority(long now, boolean steadyOnly) {
        int count = 0;
        for (Follower follower : byHost.values()) {
            count += follower.promises(now) && (!steadyOnly || follower.isSteady()) ? 1 : 0;
        }
        return count > scope.hosts() / 2;
    }
}
