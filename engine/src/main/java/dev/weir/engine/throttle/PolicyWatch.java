package dev.weir.engine.throttle;

import dev.weir.supervision.Supervision;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicLong;
import java.util.concurrent.locks.LockSupport;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Interrupts threads that a policy keeps for more than a second. The drive of that policy then holds, and the thread, which may
 * be the network's or the timer's, goes on. To enter and leave a call costs two plain stores. A policy that ignores
 * interrupts keeps its thread; the log names it.
 *
 * <p>Thread-safe.
 */
public final class PolicyWatch implements AutoCloseable {
    private static final Logger log = LoggerFactory.getLogger(PolicyWatch.class);
    private static final long LOOK_NANOS = TimeUnit.MILLISECONDS.toNanos(500);

    /** One for each thread that ever called a policy and still lives. */
    private static final List<Call> CALLS = new CopyOnWriteArrayList<>();

    private static final ThreadLocal<Call> OF_THREAD = ThreadLocal.withInitial(PolicyWatch::register);

    private final Thread thread = Supervision.thread("weir-policy-watch", this::turn, log::error);
    private volatile boolean closed;

    /** The calls of one thread, one after the other. */
    private static final class Call {
        private final Thread thread = Thread.currentThread();

        /** Counts entries and exits; odd within a call. */
        private final AtomicLong passed = new AtomicLong();

        private @Nullable PolicySlot slot;

        /** Whether the thread must synchronise when it leaves its call. Set one look before it is interrupted. */
        private volatile boolean suspected;

        /** Guarded by this. */
        private boolean interrupted;

        /** The call that was found last, and how often. The watching thread's. */
        private long seen;

        private int looks;

        /** Clears the interrupt, and returns whether there was one. */
        private synchronized boolean leave() {
            boolean wasInterrupted = interrupted;
            interrupted = false;
            suspected = false;
            if (wasInterrupted) {
                Thread.interrupted(); // it was meant for the policy alone
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

    /** Starts to watch. */
    public void start() {
        thread.start();
    }

    private boolean turn() {
        LockSupport.parkNanos(this, LOOK_NANOS);
        if (!closed) {
            look();
        }
        return !closed;
    }

    /** Stops to watch. */
    @Override
    public void close() {
        closed = true;
        LockSupport.unpark(thread);
    }

    /** Notes that this thread calls a policy of a slot. */
    static void enter(PolicySlot slot) {
        Call call = OF_THREAD.get();
        call.slot = slot;
        call.passed.lazySet(call.passed.getPlain() + 1);
    }

    /** Notes that the call has ended, and returns whether it had to be interrupted. */
    static boolean exit() {
        Call call = OF_THREAD.get();
        call.passed.lazySet(call.passed.getPlain() + 1);
        return call.suspected && call.leave();
    }

    /** Looks at all threads once; a call that is found three times is interrupted. */
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
            log.error("{} blocks thread {}, which is interrupted", slot, call.thread.getName());
        }
    }
}
