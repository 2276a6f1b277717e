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

    /** Whether {@link #steady} is the answer for {@link #steadyAt}. */
    private boolean isSteadyKnown;

    private boolean steady;
    private long steadyAt;

    Followers(ClusterScope scope) {
        this.scope = scope;
    }

    @Nullable
    Follower get(String host) {
        return byHost.get(host);
    }

    void add(Follower follower) {
        byHost.put(follower.host, follower);
        changed();
    }

    void clear() {
        byHost.clear();
        changed();
    }

    /** Must follow each change of a follower, because answers are kept for a moment. */
    void changed() {
        isSteadyKnown = false;
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

    /** Returns whether every configured host has told its share since the term was established. */
    boolean areAllKnown() {
        return isComplete() && byHost.values().stream().allMatch(Follower::hasAnswered);
    }

    /** Returns whether a majority has promised to follow no other term. */
    boolean hasMajority(long now) {
        return isMajority(now, false);
    }

    /** Returns whether the majority has lasted without a pause in which another term could have had one. */
    boolean hasSteadyMajority(long now) {
        if (!isSteadyKnown || steadyAt != now) {
            steady = isMajority(now, true);
            steadyAt = now;
            isSteadyKnown = true;
        }
        return steady;
    }

    private boolean isMajority(long now, boolean steadyOnly) {
        int missing = scope.hosts() / 2 + 1;
        for (Follower follower : byHost.values()) {
            missing -= follower.promises(now) && (!steadyOnly || follower.isSteady()) ? 1 : 0;
            if (missing == 0) {
                return true;
            }
        }
        return false;
    }
}
