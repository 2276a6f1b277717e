package dev.weir.engine;

import dev.weir.block.BlockBackend;
import dev.weir.block.BlockError;
import dev.weir.block.BlockRequest;
import dev.weir.block.Direction;
import dev.weir.block.Operation;
import dev.weir.clock.Clock;
import dev.weir.clock.Timer;
import dev.weir.drive.settings.DriveSettings;
import dev.weir.engine.debt.Debts;
import dev.weir.engine.policy.PolicySlot;
import dev.weir.engine.statistics.Statistics;
import dev.weir.engine.storage.BackendDevice;
import dev.weir.engine.storage.Storage;
import dev.weir.engine.throttle.GroupNode;
import dev.weir.engine.throttle.Throttle;
import dev.weir.testkit.block.ScriptedBackends;
import dev.weir.throttle.LimitKey;
import dev.weir.throttle.ThrottleDebt;
import dev.weir.throttle.ThrottleLimits;
import dev.weir.throttle.ThrottlePolicy;
import dev.weir.throttle.ThrottlePolicyFactory;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.jetbrains.lincheck.datastructures.Validate;
import org.jspecify.annotations.Nullable;

/**
 * Two drives used by concurrent threads. One drive moves between a single domain and that of a group. A limit
 * releases as many requests as it has passes. Time does not advance.
 *
 * <p>Lincheck creates one instance for each interleaving.
 */
public class MeetingThreads {
    private static final int PLENTY = 100;
    private static final ThrottleLimits SOME = ThrottleLimits.of(Map.of(LimitKey.IOPS.key(), 1L));

    /** A clock that does not advance. It records armed timers. */
    private static final class StoppedClock implements Clock {
        private boolean armed;

        @Override
        public long nanoTime() {
            return 0;
        }

        @Override
        public Timer timer(Runnable task) {
            return new Timer() {
                @Override
                public void arm(long due) {
                    armed = true;
                }

                @Override
                public void disarm() {
                    armed = false;
                }
            };
        }
    }

    /** Limits with a number of passes. A new policy takes over the passes that remain. */
    private static final class Passes implements ThrottlePolicyFactory {
        private long left;
        private long given;

        void give(int more) {
            left += more;
            given += more;
        }

        @Override
        public String type() {
            return "passes";
        }

        @Override
        public boolean returnsAtOnce() {
            return true;
        }

        @Override
        public ThrottlePolicy create(ThrottleLimits limits, ThrottleDebt owed, long now) {
            return new ThrottlePolicy() {
                @Override
                public long waitNanos(LimitKey limit, Direction direction, long bytes, long at) {
                    return limit == LimitKey.IOPS && left == 0 ? 1 : 0;
                }

                @Override
                public void charge(Direction direction, long bytes, long at) {
                    left--;
                }

                @Override
                public void reconfigure(ThrottleLimits newLimits, long at) {}

                @Override
                public ThrottleDebt debt(long at) {
                    return ThrottleDebt.NONE;
                }
            };
        }

        PolicySlot slot(String owner) {
            return new PolicySlot(owner, type(), SOME, this, 0);
        }
    }

    /** A request that counts its completions. */
    private static final class Request extends BlockRequest {
        private int completions;

        Request(long serial) {
            super("guest");
            prepare(Operation.READ, serial, 1);
        }

        @Override
        public ByteBuffer buffer() {
            return ByteBuffer.allocate(1);
        }

        @Override
        protected void completed(@Nullable BlockError error) {
            completions++;
        }
    }

    private final class Vm {
        private final Passes passes = new Passes();
        private final StoppedClock clock = new StoppedClock();
        private final Throttle throttle = new Throttle(passes.slot("vm"), clock);
        private static final DriveSettings SETTINGS =
                DriveSettings.builder("vm", "test").build();
        private final Statistics statistics = new Statistics();
        private final List<Request> requests = new ArrayList<>();
        private final List<Long> reached = new ArrayList<>();
        private volatile OpenDrive drive = open();

        private OpenDrive open() {
            try {
                BlockBackend backend = backends(reached).open("vm", Map.of(), false);
                Storage storage = new Storage("vm", new BackendDevice("vm", backend, clock), statistics, clock);
                storage.resume();
                OpenDrive opened = new OpenDrive(
                        "vm", false, throttle, new FlushCap(clock, Debts.NONE), storage, statistics, () -> SETTINGS);
                opened.start();
                return opened;
            } catch (IOException e) {
                throw new AssertionError(e);
            }
        }

        void submit() {
            Request request;
            synchronized (requests) {
                request = new Request(requests.size());
                requests.add(request);
            }
            drive.submit(request);
        }

        void refill(int more) {
            throttle.locked(at -> {
                passes.give(more);
                throttle.queue().changed();
                return null;
            });
            throttle.release();
        }

        boolean isWaiting() {
            return !throttle.queue().isEmpty();
        }

        boolean isShared() {
            return throttle.locked(at -> throttle.queue().parent() == shared);
        }

        /** Checks that every waiting request has an armed timer that can release it. */
        void validateTimer(String name) {
            if (isWaiting()) {
                check(passes.left == 0 || (isShared() && group.left == 0), name + " waits for nothing");
                check((isShared() ? sharedClock : clock).armed, name + " waits, and no timer is set");
            }
        }

        void validateEnd(String name) {
            for (Request request : requests) {
                check(request.completions == 1, name + ": a request was completed " + request.completions + " times");
            }
            check(!isWaiting(), name + " is stranded");
            check(
                    passes.left + reached.size() == passes.given,
                    name + ": a released request was not charged exactly once");
        }
    }

    private static void check(boolean holds, String what) {
        if (!holds) {
            throw new AssertionError(what);
        }
    }

    private static ScriptedBackends backends(List<Long> reached) {
        return Observed.backends((drive, size, offset) -> {
            synchronized (reached) {
                reached.add(offset);
            }
        });
    }

    private final Object engine = new Object();
    private final Passes group = new Passes();
    private final StoppedClock sharedClock = new StoppedClock();
    private final GroupNode shared = new GroupNode("group", group.slot("group"), sharedClock);
    private final Vm first = new Vm();
    private final Vm second = new Vm();

    public MeetingThreads() {
        second.throttle.moveTo(shared, () -> {});
    }

    @org.jetbrains.lincheck.datastructures.Operation
    public void submitFirst() {
        first.submit();
    }

    @org.jetbrains.lincheck.datastructures.Operation
    public void submitSecond() {
        second.submit();
    }

    @org.jetbrains.lincheck.datastructures.Operation
    public void refillFirst() {
        first.refill(1);
    }

    @org.jetbrains.lincheck.datastructures.Operation
    public void refillSecond() {
        second.refill(1);
    }

    @org.jetbrains.lincheck.datastructures.Operation
    public void refillGroup() {
        refillGroup(1);
    }

    private void refillGroup(int more) {
        shared.locked(at -> {
            group.give(more);
            shared.changed();
            return at;
        });
        shared.release();
    }

    @org.jetbrains.lincheck.datastructures.Operation
    public void cancel() {
        first.drive.cancel("guest");
    }

    @org.jetbrains.lincheck.datastructures.Operation
    public void move() {
        synchronized (engine) {
            first.throttle.moveTo(first.isShared() ? null : shared, () -> {});
        }
    }

    @org.jetbrains.lincheck.datastructures.Operation
    public void swapPolicy() {
        synchronized (engine) {
            for (Passes installed : new @Nullable Passes[] {null, first.passes}) {
                first.throttle.locked(at -> {
                    PolicySlot own = first.throttle.queue().own;
                    own.reconfigure("passes", installed, SOME, 0);
                    first.throttle.queue().changed();
                    return null;
                });
                first.throttle.release();
            }
        }
    }

    @org.jetbrains.lincheck.datastructures.Operation
    public void drain() {
        synchronized (engine) {
            first.throttle.close().forEach(request -> request.complete(BlockError.ESHUTDOWN));
            first.drive = first.open();
        }
    }

    /** Checks that a timer would release the waiting requests; then releases all of them. */
    @Validate
    public void noRequestIsLostOrStranded() {
        first.validateTimer("first");
        second.validateTimer("second");
        refillGroup(PLENTY);
        first.refill(PLENTY);
        second.refill(PLENTY);
        first.validateEnd("first");
        second.validateEnd("second");
        check(group.left >= 0, "more went than the group may");
    }
}
