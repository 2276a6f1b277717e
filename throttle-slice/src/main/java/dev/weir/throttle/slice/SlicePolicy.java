package dev.weir.throttle.slice;

import dev.weir.throttle.Direction;
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
 * Slices of time, 100 ms long, each with a slice's worth of every limit. A request goes if it fits into what
 * is left of the slice. If it does not, it waits until all that was dispatched in the slice and itself are
 * worth the time since the slice began. The slice is extended until all that was dispatched in it has been paid for, and
 * 200 ms more. So as long as requests have to wait they go one by one at the limit's rate. A request of any size goes. The
 * time that passes meanwhile pays for one request, however large, and is not a burst of several later. A request that waits changes nothing:
 * it may be withdrawn.
 *
 * <p>Worked numbers, {@code bps = 10 MiB}: a slice is worth 1 MiB. Of 300 KiB requests, three go at the
 * start; the fourth waits until 117.2 ms, when 1 200 KiB are due, and each after it 29.3 ms more. When all has been paid for
 * 200 ms ago, the next request begins the next slice.
 *
 * <p>Not thread-safe. Derived from the algorithm of the disk I/O limits patch for QEMU (Zhi Yong Wu, 2011).
 */
final class SlicePolicy implements ThrottlePolicy {

    /** By {@link LimitKey#ordinal()}; null where there is no limit. */
    private final @Nullable Slices[] slices = new @Nullable Slices[LimitKey.ALL.size()];

    /** Those that hold reads, and those that hold writes. */
    DirectionSlices reads = new DirectionSlices();

    private DirectionSlices writes = new DirectionSlices();

    /** No less than what each request costs, whatever the limit. */
    private CostBound cost = CostBound.NONE;

    /** A longer one is worth several to a limit that counts requests. */
    private long freeBytes;

    SlicePolicy(ThrottleLimits limits, ThrottleDebt owed, long now) {
        for (LimitKey limit : LimitKey.ALL) {
            if (limits.rate(limit) > 0) {
                slices[limit.ordinal()] = new Slices(limit, limits, owed, now);
            }
        }
        arrange(limits);
    }

    /** Only of one that has charged what it counted. */
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

    /** What is left of a slice, and the time since the last payment, are no debt. */
    @Override
    public ThrottlePolicy copy() {
        chargeCounted();
        return new SlicePolicy(this);
    }
}
