package dev.weir.engine.policy;

import dev.weir.supervision.Supervision;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.atomic.AtomicLong;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * A watchdog that interrupts any policy call of more than a second. The policy's drive then holds its queue and the
 * thread goes on. The thread may be an event loop or the timer thread. Entering and leaving a call costs two plain
 * stores. It watches policies whose factory {@linkplain dev.weir.throttle.ThrottlePolicyFactory#returnsAtOnce vouches
 * for them}; {@link IsolatedPolicy} bounds the others. One that ignores interrupts keeps the thread; the log names it.
 *
 * <p>Thread-safe.
 */
public final class PolicyWatch implements AutoCloseable {
    private static final Logger LOG = LoggerFactory.getLogger(PolicyWatch.class);
    private static final long LOOK_MILLIS = 500;

    /** One entry for each live thread that has called a policy. */
    private static final List<Call> CALLS = new CopyOnWriteArrayList<>();

    private static final ThreadLocal<Call> OF_THREAD = ThreadLocal.withInitial(PolicyWatch::register);

    private final Thread thread = Supervision.thread("weir-policy-watch", this::turn, LOG::error);
    private volatile boolean closed;

    /** The successive calls of one thread. */
    private static final class Call {
        private final Thread thread = Thread.currentThread();

        /** Counts entries and exits. Odd during a call. */
        private final AtomicLong passed = new AtomicLong();

        private @Nullable PolicySlot slot;

        /** Whether the thread must synchronise at the exit of its call. Set one look before the interrupt. */
        private volatile boolean suspected;

        /** Guarded by this. */
        private boolean interrupted;

        /** The call found last and the number of looks that found it. Used by the watchdog thread only. */
        private long seen;

        private int looks;

        /** Clears the interrupt. Returns whether the call was interrupted. */
        private synchronized boolean leave() {
            boolean wasInterrupted = interrupted;
            interrupted = false;
            suspected = false;
            if (wasInterrupted) {
                Thread.interrupted(); // the interrupt was for the policy alone
            }
            return wasInterrupted;
        }

        private synchronized boolean interrupt(long call) {
            if (passed.get() != call) {
                return false;
            }
            interrupted = true;
            thread.interrupt();
            return true;
        }
    }

    private static Call register() {
        Call call = new Call();
        CALLS.add(call);
        return call;
    }

    /** Starts the watchdog thread. */
    public void start() {
        thread.start();
    }

    private boolean turn() {
        try {
            // not parkNanos, which may return early: two early looks would find a blocked call where there is none
            Thread.sleep(LOOK_MILLIS);
            look();
            HoldWarning.look();
        } catch (InterruptedException e) {
            // close() interrupts
        }
        return !closed;
    }

    /** Stops the watchdog thread. */
    @Override
    public void close() {
        closed = true;
        thread.interrupt();
    }

    /** Records that this thread enters a call of a slot's policy. */
    static void enter(PolicySlot slot) {
        Call call = OF_THREAD.get();
        call.slot = slot;
        call.passed.lazySet(call.passed.getPlain() + 1);
    }

    /** Records the exit of the call. Returns whether the call was interrupted. */
    static boolean exit() {
        Call call = OF_THREAD.get();
        call.passed.lazySet(call.passed.getPlain() + 1);
        return call.suspected && call.leave();
    }

    /** Looks at all threads once. The third look that finds the same call interrupts it. */
    static void look() {
        CALLS.removeIf(call -> !call.thread.isAlive());
        CALLS.forEach(PolicyWatch::look);
    }

    private static void look(Call call) {
        long passed = call.passed.get();
        if (passed % 2 == 0 || passed != call.seen) {
            call.seen = passed;
            call.looks = 0;
            return;
        }
        call.looks++;
        if (call.looks == 1) {
            call.suspected = true;
        } else if (call.interrupt(passed) && call.looks == 2) {
            PolicySlot slot = call.slot;
            LOG.error("{} blocks thread {}, which is interrupted", slot, call.thread.getName());
        }
    }
}
