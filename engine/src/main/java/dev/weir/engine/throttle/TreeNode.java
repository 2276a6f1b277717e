package dev.weir.engine.throttle;

import dev.weir.block.Direction;
import dev.weir.clock.Clock;
import dev.weir.engine.policy.PolicySlot;
import dev.weir.throttle.Share;
import java.util.Objects;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/**
 * A drive or group in the tree of limits: its place, its share and the charges to it and to all above it. A change
 * below invalidates the cached admission of the nodes above it only.
 *
 * <p>Guarded by the lock of its {@link ThrottleDomain}. Only the holder of the engine's lock moves nodes. See
 * docs/design/decisions/035.
 */
public abstract sealed class TreeNode extends AdmittingNode permits BlockQueue, GroupNode {

    private final Clock clock;
    private volatile ThrottleDomain domain;

    @Nullable
    GroupNode parent;

    /** The share in the limits of the parent and above. */
    Share share = Share.DEFAULT;

    /** The start tag: the service that the node has received of its parent, divided by its weight. */
    long served;

    /** The moment from which the node is below its minimum. Meaningless without a minimum. */
    long minimumDue;

    /** Whether the node competes for its parent's limits: some request below it could go but for these. */
    boolean competes;

    /** The order among the members of the parent. */
    long ordinal;

    /** The number of waiting requests below this node. */
    private int queued;

    /** The size of the drive, or of all drives below (bytes). A sum that exceeds a long is negative. */
    private long sizeBytes;

    /** The number in the {@link MemberTable} of the parent. */
    int number;

    /** Whether this node is in its parent's list of members whose cached state is invalid. */
    boolean isMarked;

    /** The next in that list. */
    @Nullable
    TreeNode nextMarked;

    TreeNode(PolicySlot own, Clock clock) {
        super(own);
        this.clock = clock;
        this.domain = new ThrottleDomain(clock, this);
    }

    /** Returns the domain. It may change unless the engine's lock or the domain's lock is held. */
    ThrottleDomain domain() {
        return domain;
    }

    /** Runs an action under the lock of the domain. {@link #release} must follow if it can free a request. */
    public <T> T locked(Function<ThrottleDomain, T> action) {
        for (; ; ) {
            ThrottleDomain at = domain;
            synchronized (at) {
                if (at == domain) {
                    return action.apply(at);
                }
            }
        }
    }

    /** Releases all held requests of the tree that are due. Any thread may call it, without the lock. */
    public void release() {
        domain.release();
    }

    /** Returns the group above this node, or null. Needs the lock of the domain or of the engine. */
    @Nullable
    public GroupNode parent() {
        return parent;
    }

    /** Returns the number of waiting requests at and below this node. */
    public int queued() {
        return queued;
    }

    /** Changes the number of waiting requests of this node and of all above it. */
    final void addQueued(int more) {
        for (TreeNode node = this; node != null; node = node.parent) {
            int before = node.queued;
            node.queued += more;
            node.queuedChanged(before, node.queued);
        }
    }

    /** Changes the size of this drive. Limits of this node and of all above it scale with it. Releases no request. */
    public final void size(long newSizeBytes) {
        addSize(newSizeBytes - sizeBytes);
    }

    final void addSize(long more) {
        for (TreeNode node = this; node != null && more != 0; node = node.parent) {
            node.sizeBytes += more;
            if (node.own.resize(node.sizeBytes, domain.now())) {
                node.limitsChanged();
            }
        }
    }

    /** Called when the number of waiting requests has changed. */
    void queuedChanged(int before, int after) {
        if (before == 0 && hasMinimum()) {
            // an idle member saves nothing of its minimum up
            minimumDue = FairShare.later(minimumDue, domain.now());
        }
    }

    /** Returns the number of drives with waiting requests at and below this node. */
    abstract int waitingDrives();

    /** Returns the least bytes per second that this node needs of its parent; 0 for no minimum. */
    long minBps() {
        return share.minBps();
    }

    /** Returns the least requests per second that this node needs of its parent; 0 for no minimum. */
    long minIops() {
        return share.minIops();
    }

    final boolean hasMinimum() {
        return minBps() > 0 || minIops() > 0;
    }

    final boolean isBelowMinimum(long now) {
        return hasMinimum() && now - minimumDue >= 0;
    }

    /** Returns the share in the limits above. */
    public final Share share() {
        return share;
    }

    /** Returns whether a node is this one or above it. Needs the lock of the domain or of the engine. */
    public final boolean isBelow(TreeNode other) {
        for (TreeNode node = this; node != null; node = node.parent) {
            if (node == other) {
                return true;
            }
        }
        return false;
    }

    /** Changes the share in the limits above. Called with the lock. */
    public final void share(Share newShare) {
        long bpsBefore = minBps();
        long iopsBefore = minIops();
        share = newShare;
        minimaChanged(bpsBefore, iopsBefore);
    }

    /** Tells the parent of a change of the minima. */
    final void minimaChanged(long bpsBefore, long iopsBefore) {
        long bps = minBps() - bpsBefore;
        long iops = minIops() - iopsBefore;
        if (parent != null && (bps != 0 || iops != 0)) {
            minimumDue = domain.now();
            parent.addMinima(bps, iops);
            changed();
        }
    }

    /**
     * Atomically moves this node with all below it under another group and changes it. No request is released by new
     * limits in the old place or by old limits in the new one. Both trees then release their due requests. Needs the
     * engine's lock.
     *
     * @param to the new parent, which is not below this node; null for none
     */
    public void moveTo(@Nullable GroupNode to, Runnable change) {
        ThrottleDomain old = domain;
        ThrottleDomain target = to != null ? to.domain() : parent == null ? old : new ThrottleDomain(clock, null);
        synchronized (old) {
            synchronized (target) {
                change.run();
                limitsChanged();
                if (parent != to) {
                    if (parent == null) {
                        old.root(null);
                    } else {
                        parent.addSize(-sizeBytes);
                        parent.leave(this);
                    }
                    belongTo(target);
                    if (to == null) {
                        target.root(this);
                    } else {
                        to.join(this);
                        to.addSize(sizeBytes);
                    }
                }
            }
        }
        old.release();
        target.release();
    }

    /** Sets the domain of this node and of all below it. */
    void belongTo(ThrottleDomain newDomain) {
        domain = newDomain;
    }

    /** Invalidates the cached state of this node and of all above it. */
    public final void changed() {
        invalidate();
        GroupNode above = parent;
        for (TreeNode node = this; above != null && above.mark(node); above = node.parent) {
            node = above;
            node.invalidate();
        }
    }

    /**
     * Resets the turns below this node because they were counted under old limits. Called after a change of the
     * limits.
     */
    public abstract void limitsChanged();

    /**
     * Whether a limit of this node or above it holds the head of a lane that the cached states admit. A policy must
     * be queried right before a charge.
     */
    final boolean holdsAgain(Lane lane, long now) {
        for (TreeNode node = this; node != null; node = node.parent) {
            if (!node.lookedNow(now)
                    && !node.own.isOpen()
                    && node.own.waitNanos(lane.direction, lane.headCost(), now) != 0) {
                node.changed();
                return true;
            }
        }
        return false;
    }

    /** Returns how long the limits of this node and of all above it hold a request; 0 if it may go now. */
    final long waitNanos(Direction direction, long bytes, long now) {
        long longest = 0;
        for (TreeNode node = this; node != null; node = node.parent) {
            longest = Math.max(longest, node.own.waitNanos(direction, bytes, now));
        }
        return longest;
    }

    /** Charges a request to this node and to all above it without competition for any limit. */
    final void charge(Direction direction, long bytes, long now) {
        for (TreeNode node = this; node != null; node = node.parent) {
            node.own.charge(direction, bytes, now);
            node.count(direction, bytes);
        }
        changed();
    }

    /**
     * Charges a request to this node and to all above it, and counts it in the turns among the members of each.
     *
     * @return its cost under the limits of this node and above; see {@link FairShare#cost}
     */
    final long chargeInTurn(Direction direction, long bytes, long now) {
        own.charge(direction, bytes, now);
        count(direction, bytes);
        long above = 0;
        if (parent != null) {
            above = parent.chargeInTurn(direction, bytes, now);
            parent.serve(this, above, bytes, now);
        }
        return Math.max(above, FairShare.cost(own.limits(), direction, bytes, false));
    }

    /** Counts a released request for display. */
    void count(Direction direction, long bytes) {}

    /**
     * Returns the cost of a request under those limits of this node and above that apply to both directions; see
     * {@link FairShare#cost}.
     */
    final long sharedCost(Direction direction, long bytes) {
        long cost = 0;
        for (TreeNode node = this; node != null; node = node.parent) {
            cost = Math.max(cost, FairShare.cost(node.own.limits(), direction, bytes, true));
        }
        return cost;
    }

    /** Returns a copy with simulated requests for the forecast. */
    abstract TreeNode copy(ThrottleDomain to, long now);

    /** Returns the copy of this node in the copy of its tree. */
    final TreeNode copyIn(ThrottleDomain copy) {
        return parent == null ? Objects.requireNonNull(copy.root()) : ((GroupNode) parent.copyIn(copy)).member(ordinal);
    }

    /** Copies the state of this node into its copy. */
    final void copyTo(TreeNode copy, ThrottleDomain to) {
        copy.domain = to;
        copy.share = share;
        copy.queued = queued;
        copy.served = served;
        copy.minimumDue = minimumDue;
        copy.competes = competes;
        copy.ordinal = ordinal;
    }
}
