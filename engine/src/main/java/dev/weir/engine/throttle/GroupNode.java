package dev.weir.engine.throttle;

import dev.weir.block.Direction;
import dev.weir.clock.Clock;
import dev.weir.cluster.Demand;
import dev.weir.engine.policy.LeaseEnd;
import dev.weir.engine.policy.PolicySlot;
import dev.weir.throttle.ThrottleLimits;
import org.jspecify.annotations.Nullable;

/**
 * A group in the tree of limits. Decides whose turn it is. Its members take turns by start-time fair queueing. A
 * minimum is a reservation: the members below theirs go before the weights count. Then the member with the least
 * service for its weight goes. Choosing the next one takes O(log members).
 *
 * <p>Guarded by the lock of its {@link ThrottleDomain}. See docs/design/decisions/035.
 */
public final class GroupNode extends TreeNode {

    /** The longest backlog of its minimum that a member may catch up on (ns). */
    private static final long ARREARS_NANOS = 100_000_000;

    private final String name;
    private final MemberTable members = new MemberTable();

    /** Members with a request that may go, by start tag. */
    private final NodeHeap reads = new NodeHeap(members);

    private final NodeHeap writes = new NodeHeap(members);

    /** Those of them that have a minimum, by the moment from which they are below it. */
    private final NodeHeap readMinima = new NodeHeap(members);

    private final NodeHeap writeMinima = new NodeHeap(members);

    /** Members whose own limits hold a request, by the moment at which these admit it. */
    private final NodeHeap held = new NodeHeap(members);

    /** The list of members whose cached state is invalid. */
    private @Nullable TreeNode firstMarked;

    /** The virtual time: the start tag of the request served last by weight. */
    private long turn;

    /** The virtual time of the last {@link #keepComparable}. */
    private long comparableSince;

    /** The highest tag of any member. */
    private long furthest;

    private long nextOrdinal;
    private int waitingDrives;
    private long memberMinBps;
    private long memberMinIops;
    private final Charged charged = new Charged();

    private @Nullable Runnable onQueue;

    /**
     * Creates a group without members and without a parent.
     *
     * @param name the name for operators
     * @param own the limits that the members share
     * @param clock the source of time and of the tree's timer
     */
    public GroupNode(String name, PolicySlot own, Clock clock) {
        super(own, clock);
        this.name = name;
    }

    public String name() {
        return name;
    }

    public Charged charged() {
        return charged;
    }

    /** Sets the action for the moment at which a queue forms; null for none. It runs under the lock. */
    public void onQueue(@Nullable Runnable action) {
        onQueue = action;
    }

    /** Changes the limits to a leased share. Needs the lock; {@link #release} must follow. */
    public void lease(ThrottleLimits limits, LeaseEnd end, String holdReason, long now) {
        boolean isSame = limits.equals(own.limits());
        own.lease(limits, end, holdReason, now);
        changed();
        if (!isSame) {
            limitsChanged();
        }
    }

    /** Returns the demand for the limits of this group. Needs the lock. */
    public Demand demand(long now) {
        return charged.demand(this, now);
    }

    @Override
    void count(Direction direction, long length) {
        charged.count(direction, length);
    }

    /** Returns why this group or one above it holds every request; empty if none does. */
    public String holding() {
        for (GroupNode group = this; group != null; group = group.parent) {
            if (group.own.isHolding()) {
                return "group " + group.name + ": " + group.own.reason();
            }
        }
        return "";
    }

    /** Returns the number of drives with waiting requests. */
    @Override
    public int waitingDrives() {
        return waitingDrives;
    }

    void addWaitingDrives(int more) {
        for (GroupNode group = this; group != null; group = group.parent) {
            group.waitingDrives += more;
        }
    }

    /** Adds a member with its waiting requests. */
    void join(TreeNode member) {
        member.parent = this;
        member.ordinal = nextOrdinal++;
        members.add(member);
        // service received elsewhere counts neither for nor against the newcomer
        member.served = turn;
        member.minimumDue = domain().now();
        member.competes = false;
        addMinima(member.minBps(), member.minIops());
        addWaitingDrives(member.waitingDrives());
        addQueued(member.queued());
        mark(member);
        changed();
    }

    /** Removes a member with its waiting requests. */
    void leave(TreeNode member) {
        unmark(member);
        for (NodeHeap heap : new NodeHeap[] {reads, writes, readMinima, writeMinima, held}) {
            heap.remove(member);
        }
        members.remove(member);
        member.parent = null;
        addMinima(-member.minBps(), -member.minIops());
        addWaitingDrives(-member.waitingDrives());
        addQueued(-member.queued());
        changed();
    }

    @Override
    void belongTo(ThrottleDomain newDomain) {
        super.belongTo(newDomain);
        members.stream().forEach(member -> member.belongTo(newDomain));
    }

    @Override
    long minBps() {
        return Math.max(share.minBps(), memberMinBps);
    }

    @Override
    long minIops() {
        return Math.max(share.minIops(), memberMinIops);
    }

    /** Changes the sum of the members' minima. The group needs at least this sum from its own parent. */
    void addMinima(long bps, long iops) {
        if (bps == 0 && iops == 0) {
            return;
        }
        long bpsBefore = minBps();
        long iopsBefore = minIops();
        memberMinBps += bps;
        memberMinIops += iops;
        minimaChanged(bpsBefore, iopsBefore);
    }

    @Override
    void queuedChanged(int before, int after) {
        super.queuedChanged(before, after);
        if (before == 0 && onQueue != null) {
            onQueue.run();
        }
        if (after == 0) {
            // after an idle period all members start level
            turn = furthest;
        }
    }

    @Override
    public void limitsChanged() {
        turn = furthest;
        reads.level(turn);
        writes.level(turn);
        members.stream().forEach(member -> {
            member.served = turn;
            member.limitsChanged();
        });
        changed();
    }

    /** Adds a member to the list of those whose cached state is invalid. Returns whether it was not in the list. */
    boolean mark(TreeNode member) {
        if (member.isMarked) {
            return false;
        }
        member.isMarked = true;
        member.nextMarked = firstMarked;
        firstMarked = member;
        return true;
    }

    private void unmark(TreeNode member) {
        TreeNode before = null;
        for (TreeNode marked = firstMarked; marked != null; marked = marked.nextMarked) {
            if (marked == member) {
                if (before == null) {
                    firstMarked = member.nextMarked;
                } else {
                    before.nextMarked = member.nextMarked;
                }
                member.isMarked = false;
                return;
            }
            before = marked;
        }
    }

    @Override
    void lookBelow(long now) {
        for (TreeNode member = firstMarked; member != null; member = firstMarked) {
            firstMarked = member.nextMarked;
            member.isMarked = false;
            lookAt(member, now);
        }
        for (TreeNode member = held.first(); member != null && now - held.firstKey() >= 0; member = held.first()) {
            lookAt(member, now);
        }
    }

    private void lookAt(TreeNode member, long now) {
        member.look(now);
        boolean competes = member.ready() != null;
        if (competes && !member.competes) {
            // start-time fair queueing: a member that competes again after a pause starts level with the others
            member.served = FairShare.later(member.served, turn);
        }
        member.competes = competes;
        boolean hasMinimum = member.hasMinimum();
        put(member, member.ready(Direction.READ), reads, hasMinimum ? readMinima : null);
        put(member, member.ready(Direction.WRITE), writes, hasMinimum ? writeMinima : null);
        if (!hasMinimum) {
            readMinima.remove(member);
            writeMinima.remove(member);
        }
        if (member.holds()) {
            held.put(member, member.due(), 0);
        } else {
            held.remove(member);
        }
    }

    private static void put(TreeNode member, @Nullable Lane lane, NodeHeap byTag, @Nullable NodeHeap byMinimum) {
        if (lane == null) {
            byTag.remove(member);
        } else {
            byTag.put(member, member.served, lane.headArrival());
        }
        if (byMinimum != null && lane == null) {
            byMinimum.remove(member);
        } else if (byMinimum != null) {
            byMinimum.put(member, member.minimumDue, 0);
        }
    }

    private @Nullable TreeNode next(Direction direction, long now) {
        boolean isRead = direction == Direction.READ;
        TreeNode byMinimum = (isRead ? readMinima : writeMinima).first();
        return byMinimum != null && byMinimum.isBelowMinimum(now) ? byMinimum : (isRead ? reads : writes).first();
    }

    @Override
    @Nullable
    Lane candidate(Direction direction, long now) {
        TreeNode member = next(direction, now);
        return member == null ? null : member.ready(direction);
    }

    @Override
    @Nullable
    Lane candidate(long now) {
        TreeNode read = next(Direction.READ, now);
        TreeNode write = next(Direction.WRITE, now);
        if (read == write) {
            return read == null ? null : read.ready();
        }
        boolean writeFirst = read == null || (write != null && precedes(write, read, now));
        return writeFirst ? ready(write, Direction.WRITE) : ready(read, Direction.READ);
    }

    private static @Nullable Lane ready(@Nullable TreeNode member, Direction direction) {
        return member == null ? null : member.ready(direction);
    }

    /** Whether the first write goes before the first read, which belongs to another member. */
    private static boolean precedes(TreeNode write, TreeNode read, long now) {
        boolean belowMinimum = write.isBelowMinimum(now);
        if (belowMinimum != read.isBelowMinimum(now)) {
            return belowMinimum;
        }
        long lead = belowMinimum ? write.minimumDue - read.minimumDue : write.served - read.served;
        return lead == 0 ? write.ordinal < read.ordinal : lead < 0;
    }

    @Override
    void holdsAsBelow(long now) {
        TreeNode member = held.first();
        if (member != null) {
            holdsUntil(held.firstKey(), member.dueQueue());
        }
        holdsUntilMinimum(readMinima, Direction.READ, now);
        holdsUntilMinimum(writeMinima, Direction.WRITE, now);
    }

    /** A member that falls below its minimum goes before the one that waits for its turn by weight. */
    private void holdsUntilMinimum(NodeHeap minima, Direction direction, long now) {
        TreeNode member = minima.first();
        if (member != null && minima.firstKey() - now > 0) {
            Lane lane = member.ready(direction);
            holdsUntil(minima.firstKey(), lane == null ? null : lane.queue);
        }
    }

    /**
     * Counts the service of a member.
     *
     * @param cost the cost of the request under the limits of this group and above
     */
    void serve(TreeNode member, long cost, long bytes, long now) {
        int weight = member.share.weight();
        long step = (cost + weight / 2) / weight;
        if (member.isBelowMinimum(now)) {
            // it went ahead of its turn, which must not hold it back once the others need less
            member.served = FairShare.later(member.served, turn + step);
        } else {
            // a member that a limit of one direction held has no claim to the turns that it missed
            turn = FairShare.later(member.served, turn);
            member.served = turn + step;
            keepComparable();
        }
        furthest = FairShare.later(furthest, member.served);
        if (member.hasMinimum()) {
            long nanos = FairShare.minimumNanos(member.minBps(), member.minIops(), own.limits(), bytes);
            long from = FairShare.later(member.minimumDue, now - ARREARS_NANOS);
            // service by weight counts towards the minimum too, but the due moment is at most two requests ahead:
            // much service now does not cost the member its minimum later
            long most = FairShare.later(from, now + 2 * nanos);
            member.minimumDue = from + nanos - most > 0 ? most : from + nanos;
        }
    }

    /** Moves the tags of idle members up to the virtual time. A tag 104 days before it would compare as a later one. */
    private void keepComparable() {
        if (turn - comparableSince >= FairShare.HIGHEST_COST) {
            comparableSince = turn;
            members.stream()
                    .filter(member -> !member.competes)
                    .forEach(member -> member.served = FairShare.later(member.served, turn));
        }
    }

    /** Returns the member with an ordinal. */
    TreeNode member(long ofOrdinal) {
        return members.ofOrdinal(ofOrdinal);
    }

    /** Copies this group and all below it that have waiting requests; see {@link TreeNode#copyTo}. */
    @Override
    GroupNode copy(ThrottleDomain to, long now) {
        GroupNode copy = new GroupNode(name, own.copy(now), to.clock());
        copy.turn = turn;
        copy.furthest = furthest;
        copy.memberMinBps = memberMinBps;
        copy.memberMinIops = memberMinIops;
        members.stream().filter(member -> member.queued() > 0).forEach(member -> {
            TreeNode ofMember = member.copy(to, now);
            ofMember.parent = copy;
            copy.members.add(ofMember);
            copy.mark(ofMember);
        });
        copyTo(copy, to);
        return copy;
    }
}
