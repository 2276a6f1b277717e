package dev.weir.filter.faults;

import dev.weir.block.BlockError;
import dev.weir.block.BlockRequest;
import dev.weir.fault.Activity;
import dev.weir.fault.Fault;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/**
 * The effects of all faults on one request, decided at its arrival. The request waits for every hang, then for the
 * sum of the latencies. Then it gets the first error, or the backend acts. After that follow the latencies and the
 * error that come after the backend.
 *
 * <p>Not thread-safe: one thread at a time has the request.
 */
final class Effects {

    /** A part of the waiting time of a request. */
    private record Wait(ActiveFault fault, long nanos) {}

    private final List<Wait> before = new ArrayList<>(0);
    private final List<Wait> after = new ArrayList<>(0);
    private final List<ActiveFault> hangs = new ArrayList<>(0);
    private final List<ActiveFault> repaired = new ArrayList<>(0);
    private final List<Corruption> corruptions = new ArrayList<>(0);
    private @Nullable BlockError errorBefore;
    private @Nullable BlockError errorAfter;

    private Effects() {}

    /** Returns the effects of faults on a request, or null if none concerns it. */
    static @Nullable Effects of(ActiveFault[] faults, BlockRequest request, long now) {
        Effects effects = null;
        for (ActiveFault fault : faults) {
            boolean repairs = fault.isRepairedBy(request);
            long number = fault.isActive(now) ? fault.hit(request) : ActiveFault.MISSED;
            if (number != ActiveFault.MISSED || repairs) {
                effects = effects == null ? new Effects() : effects;
            }
            if (repairs && effects != null) {
                effects.repaired.add(fault);
            }
            if (number != ActiveFault.MISSED && effects != null) {
                effects.add(fault, number, request, now);
            }
        }
        return effects;
    }

    private void add(ActiveFault by, long number, BlockRequest request, long now) {
        Fault fault = by.fault();
        switch (fault.action()) {
            case LATENCY -> (fault.after() ? after : before).add(new Wait(by, by.latencyNanos(number, request, now)));
            case HANG -> hangs.add(by);
            case CORRUPT -> corruptions.add(new Corruption(by, number));
            case ERROR -> addError(fault);
        }
        if (fault.action() != Fault.Action.CORRUPT) {
            by.count();
        }
    }

    private void addError(Fault fault) {
        if (fault.after()) {
            errorAfter = errorAfter == null ? fault.error() : errorAfter;
        } else {
            errorBefore = errorBefore == null ? fault.error() : errorBefore;
        }
    }

    boolean hasBefore() {
        return !before.isEmpty() || !hangs.isEmpty();
    }

    /** Returns whether the completion of the request matters. */
    boolean hasAfter() {
        return !after.isEmpty() || !repaired.isEmpty() || !corruptions.isEmpty() || errorAfter != null;
    }

    @Nullable
    BlockError errorBefore() {
        return errorBefore;
    }

    List<Corruption> corruptions() {
        return corruptions;
    }

    /** Returns whether a latency follows the backend. */
    boolean waitsAfter() {
        return !after.isEmpty();
    }

    /** Returns the result for the client, and notes repairs. */
    @Nullable
    BlockError result(BlockRequest request, @Nullable BlockError error) {
        if (error == null) {
            repaired.forEach(fault -> fault.repair(request));
        }
        return error == null ? errorAfter : error;
    }

    /**
     * Returns the time at which the request goes on (ns); {@link Activity#NEVER} if that is open.
     *
     * @param since the time from which it waits (ns)
     */
    long due(boolean isAfter, long since, long now) {
        long start = since;
        if (!isAfter) {
            for (ActiveFault hang : hangs) {
                long end = hang.isActive(now) ? hang.nextChange(now) : since;
                if (end == Activity.NEVER) {
                    return Activity.NEVER;
                }
                start = end - start > 0 ? end : start;
            }
        }
        return ActiveFault.later(start, waits(isAfter).mapToLong(Wait::nanos).sum());
    }

    /** Returns the waits of the faults that are still set. */
    private Stream<Wait> waits(boolean isAfter) {
        return (isAfter ? after : before).stream().filter(wait -> !wait.fault.isGone());
    }

    /** Returns the names of the faults that hold the request. */
    String reason(boolean isAfter) {
        return holders(isAfter).map(fault -> fault.fault().name()).collect(Collectors.joining(", "));
    }

    Stream<ActiveFault> holders(boolean isAfter) {
        Stream<ActiveFault> waits = waits(isAfter).map(Wait::fault);
        return isAfter ? waits : Stream.concat(hangs.stream().filter(hang -> !hang.isGone()), waits);
    }
}
