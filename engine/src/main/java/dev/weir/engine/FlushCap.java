package dev.weir.engine;

import dev.weir.block.BlockRequest;
import dev.weir.block.Direction;
import dev.weir.clock.Clock;
import dev.weir.drive.control.QueuedRequest;
import dev.weir.drive.settings.DriveSettings;
import dev.weir.engine.debt.Debts;
import dev.weir.engine.policy.PolicySlot;
import dev.weir.engine.throttle.QueueForecast;
import dev.weir.engine.throttle.RequestSink;
import dev.weir.engine.throttle.Throttle;
import dev.weir.throttle.LimitKey;
import dev.weir.throttle.ThrottleLimits;
import dev.weir.throttle.ThrottlePolicyFactory;
import java.util.List;
import java.util.Map;
import java.util.function.Consumer;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/**
 * The cap on a drive's flushes: a separate throttle, created when the drive first has a cap.
 *
 * <p>Thread-safe. Changes need the engine's lock, except {@link #open}, {@link #close} and {@link #hold}.
 */
final class FlushCap {
    private final Clock clock;
    private final Debts debts;

    /** Null if the drive never had a cap. */
    private volatile @Nullable Throttle throttle;

    /** The open drive; null while the drive is closed. Guarded by this. */
    private @Nullable RequestSink sink;

    private String holdReason = "";

    FlushCap(Clock clock, Debts debts) {
        this.clock = clock;
        this.debts = debts;
    }

    void configure(DriveSettings by, String policy, @Nullable ThrottlePolicyFactory factory) {
        long perSecond = by.charging().flushesPerSecond();
        ThrottleLimits limits =
                perSecond == 0 ? ThrottleLimits.NONE : ThrottleLimits.of(Map.of(LimitKey.IOPS.key(), perSecond));
        if (throttle != null) {
            change(slot -> slot.reconfigure(policy, factory, limits, clock.nanoTime()));
        } else if (perSecond > 0) {
            create(new PolicySlot("drive " + by.name() + ": flushes", policy, limits, factory, clock.nanoTime()));
        }
    }

    private synchronized void create(PolicySlot slot) {
        Throttle created = new Throttle(slot, clock);
        debts.restore(created.queue());
        slot.hold(holdReason);
        if (sink != null) {
            created.open(sink);
        }
        throttle = created;
    }

    private void change(Consumer<PolicySlot> change) {
        Throttle cap = throttle;
        if (cap != null) {
            cap.change(change);
        }
    }

    void leave(Debts from) {
        Throttle cap = throttle;
        if (cap != null) {
            from.forget(cap.queue());
        }
    }

    void lift(boolean lifted) {
        change(slot -> slot.lift(lifted));
    }

    void installFrom(Function<String, @Nullable ThrottlePolicyFactory> policies) {
        change(slot -> slot.installFrom(policies, clock.nanoTime()));
    }

    /** Holds every flush; see {@link PolicySlot#hold}. */
    void hold(String reason) {
        synchronized (this) {
            holdReason = reason;
        }
        change(slot -> slot.hold(reason));
    }

    /** Accepts the flushes of this open drive. */
    synchronized void open(RequestSink newSink) {
        sink = newSink;
        Throttle cap = throttle;
        if (cap != null) {
            cap.open(newSink);
        }
    }

    Throttle.Admission admit(BlockRequest flush, RequestSink to) {
        Throttle cap = throttle;
        return cap == null ? Throttle.Admission.GO : cap.admit(Direction.WRITE, flush, 0, to);
    }

    /** Removes the flushes of a client from the queue. */
    List<BlockRequest> withdraw(Object client) {
        Throttle cap = throttle;
        return cap == null ? List.of() : cap.withdraw(request -> request.client() == client);
    }

    /** Removes all flushes from the queue and rejects new ones. */
    List<BlockRequest> close() {
        synchronized (this) {
            sink = null;
        }
        Throttle cap = throttle;
        return cap == null ? List.of() : cap.close();
    }

    /** Returns the number of held flushes. */
    int waiting() {
        Throttle cap = throttle;
        return cap == null ? 0 : cap.locked(at -> cap.queue().writes.size());
    }

    /** Returns the held flushes. */
    List<QueuedRequest> queue() {
        Throttle cap = throttle;
        return cap == null
                ? List.of()
                : cap.locked(at -> new QueueForecast(cap.queue(), clock.nanoTime())).requests().stream()
                        .map(FlushCap::heldByCap)
                        .toList();
    }

    private static QueuedRequest heldByCap(QueuedRequest flush) {
        return new QueuedRequest(
                flush.id(),
                flush.client(),
                flush.operation(),
                flush.offset(),
                flush.length(),
                flush.ageNanos(),
                "flushes",
                flush.goesInNanos());
    }
}
