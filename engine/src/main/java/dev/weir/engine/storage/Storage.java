package dev.weir.engine.storage;

import dev.weir.block.BlockDevice;
import dev.weir.block.BlockError;
import dev.weir.block.BlockFactory;
import dev.weir.block.BlockRequest;
import dev.weir.block.CompletionListener;
import dev.weir.block.HeldRequest;
import dev.weir.block.Operation;
import dev.weir.clock.Clock;
import dev.weir.drive.settings.DriveSettings;
import dev.weir.engine.statistics.Statistics;
import dev.weir.log.FailureText;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.concurrent.atomic.AtomicIntegerFieldUpdater;
import java.util.function.IntConsumer;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The open storage of a drive: a device behind a chain of filters, with the requests in flight. Passes requests to
 * the chain and counts and measures their completions. It can stop: new requests then queue while those in flight
 * end.
 *
 * <p>Thread-safe. Only the drive's lifecycle stops, changes, resumes and closes it.
 */
public final class Storage implements CompletionListener {
    private static final Logger LOG = LoggerFactory.getLogger(Storage.class);

    /** Sampling interval of latencies in requests. A prime avoids a resonance with periodic patterns of requests. */
    private static final int MEASURED_EVERY = 7;

    /** The same for memory without filters. The histogram of one of many drives is in no cache of the processor. */
    private static final int MEMORY_MEASURED_EVERY = 61;

    /** The time of a request that is not measured. A real time that equals it only costs a sample. */
    private static final long NOT_MEASURED = 0x8765_4321_0FED_CBA9L;

    private static final long LATE_SECONDS = 1;

    private static final CompletableFuture<@Nullable Void> NEVER_STOPPED = CompletableFuture.completedFuture(null);

    /** Updates a field and no separate object, because the objects of many drives do not fit into the caches. */
    private static final AtomicIntegerFieldUpdater<Storage> IN_FLIGHT =
            AtomicIntegerFieldUpdater.newUpdater(Storage.class, "inFlight");

    private enum State {
        /** Requests go to the chain. */
        OPEN,
        /** Requests wait. */
        STOPPED,
        /** Requests are rejected. */
        CLOSED
    }

    private final String drive;
    private final BlockDevice device;
    private final @Nullable BackendDevice backend;
    private final FilterChain filters;
    private final DeviceGuard guard;
    private final Statistics statistics;
    private final Clock clock;

    /** Countdown to the next sample. Not atomic because a lost count only delays a sample. */
    private int untilMeasured;

    private volatile int inFlight;

    /** The drive whose requests are served; null for none. */
    private volatile @Nullable Object user;

    /** Changed under the lock of {@link #waiting}. */
    private volatile State state = State.STOPPED;

    private final WaitingRequests waiting = new WaitingRequests();

    /** Completed when no request is in flight after the last stop. */
    private volatile CompletableFuture<@Nullable Void> idle = NEVER_STOPPED;

    /**
     * Creates a stopped storage without filters.
     *
     * @param device the open device; closed with this storage
     * @throws IOException if the answers of the device break its contract
     */
    public Storage(String drive, BlockDevice device, Statistics statistics, Clock clock) throws IOException {
        this.drive = drive;
        this.device = device;
        this.backend = device instanceof BackendDevice adapted ? adapted : null;
        this.filters = new FilterChain(drive, device, clock);
        this.guard = new DeviceGuard(drive);
        this.statistics = statistics;
        this.clock = clock;
    }

    /**
     * Opens the storage of a drive, stopped and without filters. May block.
     *
     * @throws IOException if it cannot be opened as asked; the message names the thing, the value and the rule
     */
    public static Storage open(BlockFactory by, DriveSettings with, Statistics statistics, Clock clock)
            throws IOException {
        BlockDevice device = BackendDevice.open(by, with.name(), with.backendOptions(), with.readOnly(), clock);
        try {
            return new Storage(with.name(), device, statistics, clock);
        } catch (IOException | RuntimeException | Error e) {
            closeUnused(device, e);
            throw e;
        }
    }

    /** Returns the storage as a client sees it: the first filter or the device. */
    public BlockDevice first() {
        return filters.first();
    }

    private static void closeUnused(BlockDevice device, Throwable cause) {
        try {
            device.close();
        } catch (IOException | RuntimeException | Error e) {
            cause.addSuppressed(e); // the cause is what the operator can mend
        }
    }

    /** Returns the geometry of {@link #first} after the last change. */
    public Geometry geometry() {
        return filters.geometry();
    }

    public FilterChain filters() {
        return filters;
    }

    /** Returns whether the storage is memory, which cannot be lost. */
    public boolean isMemory() {
        return backend != null && backend.isMemory();
    }

    public int inFlight() {
        return inFlight;
    }

    /**
     * Passes a request of a drive to the chain. Rejects it if the storage serves another drive or none now. The request
     * waits if the storage is stopped.
     */
    public void execute(BlockRequest request, Object by) {
        // counted before the look at the user and the state: either a stop waits for this request or the request waits
        IN_FLIGHT.incrementAndGet(this);
        if (by == user) {
            pass(request);
        } else {
            finish(request, BlockError.ESHUTDOWN, false);
        }
    }

    /** Sets the drive whose requests are served; null for none. */
    public void serve(@Nullable Object newUser) {
        user = newUser;
    }

    private void pass(BlockRequest request) {
        if (state == State.OPEN) {
            start(request);
        } else {
            divert(request);
        }
    }

    private void divert(BlockRequest request) {
        State now;
        synchronized (waiting) {
            now = state;
            if (now == State.STOPPED) {
                waiting.add(request, clock.nanoTime());
            }
        }
        switch (now) {
            case OPEN -> start(request);
            case STOPPED -> leave();
            case CLOSED -> finish(request, BlockError.ESHUTDOWN, false);
        }
    }

    private void start(BlockRequest request) {
        if (isBeyondEnd(request)) {
            finish(request, BlockError.beyondEnd(request.operation()), false);
        } else if (request.isReady()) {
            submit(request);
        } else {
            // the limits come first, so that a queued request needs no memory
            request.whenReady(error -> goOn(request, error));
        }
    }

    /** Returns whether a request ends beyond the size. It fitted at its submission if the drive has shrunk since. */
    public boolean isBeyondEnd(BlockRequest request) {
        return request.length() > filters.geometry().size() - request.offset();
    }

    private void goOn(BlockRequest request, @Nullable BlockError error) {
        if (error == null) {
            submit(request);
        } else {
            finish(request, error, false);
        }
    }

    private void submit(BlockRequest request) {
        request.watch(this, isMeasured(request.operation()) ? clock.nanoTime() : NOT_MEASURED);
        BlockDevice first = filters.first();
        if (first == backend || first instanceof IsolatedDevice) {
            // answers are checked where it calls the backend or the device, so a request to it needs no object here
            first.submit(request);
        } else {
            guard.submit(first, request);
        }
    }

    /** Returns whether write-zeroes is faster than a write. A device that fails to answer is not. */
    public boolean zeroesFast(boolean mayUnmap) {
        return guard.zeroesFast(filters.first(), mayUnmap);
    }

    /**
     * Whether to measure this request. Those that may end in no time are sampled because reading the clock costs
     * about as much as a copy in memory.
     */
    private boolean isMeasured(Operation operation) {
        if (backend == null || !backend.mayBeInstant(operation)) {
            return true;
        }
        if (--untilMeasured > 0) {
            return false;
        }
        untilMeasured = backend.isMemory() && filters.isEmpty() ? MEMORY_MEASURED_EVERY : MEASURED_EVERY;
        return true;
    }

    @Override
    public void onCompletion(BlockRequest request, @Nullable BlockError error, boolean moreFollow) {
        long begun = request.watchedSince();
        if (begun != NOT_MEASURED) {
            statistics.inBackend(clock.nanoTime() - begun);
        }
        // a filter may delay the completion that is to follow
        finish(request, error, moreFollow && filters.isEmpty());
    }

    private void finish(BlockRequest request, @Nullable BlockError error, boolean moreFollow) {
        statistics.completed(request, error);
        try {
            Completions.tell(drive, request, error, moreFollow);
        } finally {
            // after the reply, so that a closed drive owes no client a reply
            leave();
        }
    }

    private void leave() {
        if (IN_FLIGHT.decrementAndGet(this) == 0 && state != State.OPEN) {
            idle.complete(null);
        }
    }

    /** Returns why the storage is unusable (for example a deleted file); empty if it is usable. May block. */
    public String fault() {
        try {
            filters.check();
            device.check();
            return "";
        } catch (IOException | RuntimeException | Error e) {
            return FailureText.of(e);
        }
    }

    /** Returns the requests that wait because the storage is stopped, with the reason. */
    public List<HeldRequest> waiting(String reason) {
        synchronized (waiting) {
            return waiting.held(reason);
        }
    }

    /** Returns the filters and then the device, with the names that operators see. */
    public List<ChainPart> parts(String deviceName) {
        List<ChainPart> parts = new ArrayList<>(filters.parts());
        parts.add(new ChainPart(deviceName, device));
        return parts;
    }

    /** Returns the storage without its filters. */
    public BlockDevice device() {
        return device;
    }

    /** Returns whether the storage has changed its size by itself. */
    public boolean hasOtherSize() {
        return first().size() != geometry().size();
    }

    /** Returns whether no request waits or is in flight. */
    public boolean isIdle() {
        synchronized (waiting) {
            return waiting.isEmpty() && inFlight == 0;
        }
    }

    /** Removes the waiting requests of a client, or all if it is null. */
    public List<BlockRequest> withdraw(@Nullable Object client) {
        synchronized (waiting) {
            return waiting.withdraw(client);
        }
    }

    /**
     * Lets new requests wait. Lets filters pass theirs on and waits without a timeout until no request is in flight.
     *
     * @param onLate receives the number of requests in flight if they take longer than a second
     */
    public void stop(IntConsumer onLate) {
        stop(State.STOPPED);
        awaitIdle(onLate);
    }

    private void stop(State newState) {
        idle = new CompletableFuture<>();
        // keeps the count above zero until the state is set, so that a decrement to zero completes idle for certain
        IN_FLIGHT.incrementAndGet(this);
        synchronized (waiting) {
            state = newState;
        }
        leave();
    }

    /** Passes the waiting requests on, oldest first, and then new ones at once. */
    public void resume() {
        while (true) {
            BlockRequest next;
            synchronized (waiting) {
                next = waiting.poll();
                if (next == null) {
                    state = State.OPEN;
                    return;
                }
                IN_FLIGHT.incrementAndGet(this);
            }
            start(next);
        }
    }

    /**
     * Rejects new and waiting requests, waits as {@link #stop} does and closes filters and device.
     *
     * @param onLate receives the number of requests in flight if they take longer than a second
     */
    public void close(IntConsumer onLate) {
        stop(State.CLOSED);
        for (BlockRequest request : withdraw(null)) {
            IN_FLIGHT.incrementAndGet(this);
            finish(request, BlockError.ESHUTDOWN, false);
        }
        awaitIdle(onLate);
        filters.close();
        BlockError failed = FinalFlush.of(device);
        if (failed != null) {
            LOG.error(
                    "drive {}: the final flush failed; writes since the previous flush may be lost: {}", drive, failed);
        }
        try {
            device.close();
        } catch (IOException | RuntimeException | Error e) {
            LOG.error("drive {}: closing the backend failed", drive, e);
        }
    }

    private void awaitIdle(IntConsumer onLate) {
        filters.release();
        try {
            idle.get(LATE_SECONDS, TimeUnit.SECONDS);
        } catch (TimeoutException e) {
            onLate.accept(inFlight);
            // no timeout: closing a backend under its requests could corrupt data; see docs/design/decisions/014
            idle.join();
        } catch (ExecutionException | InterruptedException e) {
            // unreachable: lifecycle threads are not interrupted and idle never completes with an exception
            throw new IllegalStateException(e);
        }
    }
}
