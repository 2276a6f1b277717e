package dev.weir.throttle.slice;

import dev.weir.block.Direction;
import dev.weir.throttle.LimitFault;
import dev.weir.throttle.LimitKey;
import dev.weir.throttle.ThrottleDebt;
import dev.weir.throttle.ThrottleLimits;
import dev.weir.throttle.ThrottlePolicy;
import dev.weir.throttle.arithmetic.CostBound;
import dev.weir.throttle.arithmetic.MeteredDebt;
import java.util.List;
import java.util.Objects;
import java.util.function.ToLongFunction;
import org.jspecify.annotations.Nullable;

/**
 * Slices of 100 ms. Each is worth 100 ms of every limit. A request is admitted if it fits into the rest of the slice.
 * Otherwise it waits until the time since the start of the slice covers everything dispatched in it and the request
 * itself. A slice lasts until everything dispatched in it is paid for and 200 ms more. Held requests therefore go
 * one by one at the limit's rate. A request that is longer than a slice goes 100 ms after everything dispatched is paid
 * for. In a slice that follows idle time it goes at once while some of the budget is left. The requests after it wait
 * until it is paid for. A held request changes nothing and may be withdrawn.
 *
 * <p>Worked numbers with {@code bps = 10 MiB}: a slice is worth 1 MiB. Three requests of 300 KiB go at the start. The
 * fourth waits until 117.2 ms because 1200 KiB are due then. Each later one waits 29.3 ms more. The first request 200
 * ms after everything is paid for begins the next slice.
 *
 * <p>Not thread-safe. Derived from the algorithm of the disk I/O limits patch for QEMU (Zhi Yong Wu, 2011). See
 * {@code docs/design/decisions/004-slice.md}.
 */
final class SlicePolicy implements ThrottlePolicy {

    /** The slices of each limit, by {@link LimitKey#ordinal()}; null for an unset limit. */
    private final @Nullable Slices[] slices = new @Nullable Slices[LimitKey.ALL.size()];

    /** The slices that hold reads and those that hold writes. */
    DirectionSlices reads = new DirectionSlices();

    private DirectionSlices writes = new DirectionSlices();

    /** An upper bound of the cost of a request under any limit. */
    private CostBound cost = CostBound.NONE;

    /** Longest request that counts as one under every request limit (bytes). */
    private long freeBytes;

    SlicePolicy(ThrottleLimits limits, ThrottleDebt owed, long now) {
        for (LimitKey limit : LimitKey.ALL) {
            if (limits.rate(limit) > 0) {
                slices[limit.ordinal()] = new Slices(limit, limits, owed, now);
            }
        }
        arrange(limits);
    }

    /** Copies a policy without counted requests. */
    private SlicePolicy(SlicePolicy of) {
        for (int i = 0; i < slices.length; i++) {
            Slices slice = of.slices[i];
            slices[i] = slice == null ? null : new Slices(slice);
        }
        cost = of.cost;
        freeBytes = of.freeBytes;
        arrange();
    }

    private void arrange(ThrottleLimits limits) {
        cost = CostBound.of(limits);
        freeBytes = limits.iopsSize() == 0 ? Long.MAX_VALUE : limits.iopsSize();
        arrange();
    }

    private void arrange() {
        reads = slicesOf(Direction.READ);
        writes = slicesOf(Direction.WRITE);
    }

    private DirectionSlices slicesOf(Direction direction) {
        return new DirectionSlices(LimitKey.ALL.stream()
                .filter(limit -> limit.appliesTo(direction))
                .map(limit -> slices[limit.ordinal()])
                .filter(Objects::nonNull)
                .toArray(Slices[]::new));
    }

    private DirectionSlices of(Direction direction) {
        return direction == Direction.READ ? reads : writes;
    }

    static List<LimitFault> burstFaults(ThrottleLimits limits) {
        return LimitKey.ALL.stream()
                .filter(limit -> limits.max(limit) > 0)
                .map(limit -> new LimitFault(limit.key() + "_max", limits.max(limit), "policy slice has no bursts"))
                .toList();
    }

    @Override
    public long waitNanos(Direction direction, long bytes, long now) {
        if (isFree(direction, bytes, now)) {
            return 0;
        }
        chargeCounted();
        return of(direction).waitNanos(bytes, now);
    }

    @Override
    public long waitNanos(LimitKey limit, Direction direction, long bytes, long now) {
        chargeCounted();
        Slices slice = slices[limit.ordinal()];
        return slice == null || !limit.appliesTo(direction) ? 0 : slice.waitNanos(bytes, now);
    }

    @Override
    public void charge(Direction direction, long bytes, long now) {
        if (isFree(direction, bytes, now)) {
            long costNanos = cost.nanos(bytes);
            reads.spend(costNanos);
            writes.spend(costNanos);
            of(direction).count(bytes);
            return;
        }
        chargeCounted();
        of(direction).charge(bytes, now);
        reads.seeWhatIsFree(now);
        writes.seeWhatIsFree(now);
    }

    private boolean isFree(Direction direction, long bytes, long now) {
        return bytes <= freeBytes && of(direction).isFree(cost.nanos(bytes), now);
    }

    private void chargeCounted() {
        reads.chargeCounted();
        writes.chargeCounted();
    }

    @Override
    public void reconfigure(ThrottleLimits limits, long now) {
        LimitFault.refuse(burstFaults(limits));
        chargeCounted();
        for (LimitKey limit : LimitKey.ALL) {
            Slices slice = slices[limit.ordinal()];
            if (limits.rate(limit) == 0) {
                slices[limit.ordinal()] = null;
            } else if (slice == null) {
                slices[limit.ordinal()] = new Slices(limit, limits, ThrottleDebt.NONE, now);
            } else {
                slice.reconfigure(limits, now);
            }
        }
        arrange(limits);
    }

    @Override
    public ThrottleDebt debt(long now) {
        chargeCounted();
        return ThrottleDebt.of(
                limit -> owed(limit, paid -> paid.timeNanos(now)),
                limit -> owed(limit, paid -> paid.unitNanos(now)),
                limit -> 0,
                limit -> 0);
    }

    private long owed(LimitKey limit, ToLongFunction<MeteredDebt> debt) {
        Slices slice = slices[limit.ordinal()];
        return slice == null ? 0 : debt.applyAsLong(slice.paid());
    }

    /**
     * The rest of a slice and the unused time since the last payment are no debt. So a copy needs more than the debt.
     */
    @Override
    public ThrottlePolicy copy() {
        chargeCounted();
        return new SlicePolicy(this);
    }
}
