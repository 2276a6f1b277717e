package dev.weir.filter.faults;

import dev.weir.block.BlockRequest;
import dev.weir.block.Operation;
import dev.weir.fault.Activity;
import dev.weir.fault.ByteRange;
import dev.weir.fault.Fault;
import dev.weir.fault.FaultState;
import dev.weir.fault.Latency;
import dev.weir.filter.faults.seed.Draws;
import java.util.Objects;
import java.util.concurrent.atomic.AtomicLong;
import org.jspecify.annotations.Nullable;

/**
 * A fault that is set, with its counters. It chooses the requests that it hits by their number among the matching
 * ones: the same seed hits the same requests.
 *
 * <p>Thread-safe.
 */
final class ActiveFault {

    /** The answer to {@link #hit} if the request is not hit. */
    static final long MISSED = -1;

    /** Independent random numbers for each request: whether it is hit, and two for the latency. */
    private static final int DRAWS = 3;

    private final Fault fault;
    private final long seed;
    private final long setAt;
    private final DiskHead head;
    private final @Nullable Repairs repairs;
    private final AtomicLong matching = new AtomicLong();
    private final AtomicLong requests = new AtomicLong();
    private volatile boolean isGone;

    /**
     * Sets a fault.
     *
     * @param fault the fault with its seed
     * @param now the time (ns), from which its activity counts
     * @param head the head of the drive, for a latency by seek
     */
    ActiveFault(Fault fault, long now, DiskHead head) {
        this.fault = fault;
        this.seed = Objects.requireNonNull(fault.seed());
        this.setAt = now;
        this.head = head;
        ByteRange range = fault.range();
        this.repairs = fault.untilWritten() && range != null ? new Repairs(range) : null;
    }

    Fault fault() {
        return fault;
    }

    long seed() {
        return seed;
    }

    /** Ends the fault for good. */
    void remove() {
        isGone = true;
    }

    boolean isGone() {
        return isGone;
    }

    boolean isActive(long now) {
        return !isGone && isInWindow(now);
    }

    private boolean isInWindow(long now) {
        return fault.activity().isActive(now - setAt);
    }

    /** Returns the time of the next beginning or end by itself (ns); {@link Activity#NEVER} if none follows. */
    long nextChange(long now) {
        long age = fault.activity().nextChange(now - setAt);
        return age == Activity.NEVER ? Activity.NEVER : later(setAt, age);
    }

    /** Returns a time after another. It is never {@link Activity#NEVER}, which a clock passes when it wraps around. */
    static long later(long from, long nanos) {
        long time = from + nanos;
        return time == Activity.NEVER ? time + 1 : time;
    }

    /** Returns whether the fault may concern a request of this operation. */
    boolean concerns(Operation operation) {
        return fault.operations().contains(operation) || (repairs != null && isRepair(operation));
    }

    private static boolean isRepair(Operation operation) {
        return operation == Operation.WRITE || operation == Operation.WRITE_ZEROES || operation == Operation.FAST_ZERO;
    }

    /** Returns whether the success of a request repairs sectors. */
    boolean isRepairedBy(BlockRequest request) {
        return repairs != null && isRepair(request.operation()) && touches(request);
    }

    /** Notes that a request has written its range. */
    void repair(BlockRequest request) {
        if (repairs != null) {
            repairs.written(request.offset(), request.length());
        }
    }

    private boolean touches(BlockRequest request) {
        ByteRange range = fault.range();
        return range == null || range.overlaps(request.offset(), request.length());
    }

    /**
     * Returns the number of a request that the fault hits, which selects its random numbers. Returns {@link #MISSED}
     * for any other request.
     */
    long hit(BlockRequest request) {
        boolean isMatching = fault.operations().contains(request.operation())
                && touches(request)
                && (repairs == null || repairs.hasBad(request.offset(), request.length()));
        if (!isMatching) {
            return MISSED;
        }
        long number = matching.getAndIncrement();
        return isChosen(number) ? number : MISSED;
    }

    private boolean isChosen(long number) {
        if (fault.nth() > 0) {
            return number + 1 == fault.nth();
        }
        // the percentage of corrupt is that of the sectors
        return fault.action() == Fault.Action.CORRUPT
                || fault.percent() >= 100
                || Draws.uniform(seed, number * DRAWS) * 100 < fault.percent();
    }

    /** Draws the latency of a hit request that arrives now from the distribution of the fault (ns). */
    long latencyNanos(long number, BlockRequest request, long now) {
        Latency latency = Objects.requireNonNull(fault.latency());
        double v = Draws.uniform(seed, number * DRAWS + 2);
        return latency instanceof Latency.Seek seek
                ? head.latencyNanos(seek, request, v, now)
                : latency.nanos(Draws.uniform(seed, number * DRAWS + 1), v);
    }

    /** Returns whether a sector is bad, as far as writes are concerned. */
    boolean isBad(long sector) {
        return repairs == null || repairs.isBad(sector);
    }

    /** Counts a request that the fault has hit. */
    void count() {
        requests.incrementAndGet();
    }

    long requests() {
        return requests.get();
    }

    FaultState state(long now, int holding) {
        long next = nextChange(now);
        return new FaultState(
                fault, isActive(now), next == Activity.NEVER ? -1 : Math.max(0, next - now), requests.get(), holding);
    }
}
