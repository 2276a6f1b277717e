package dev.weir.engine.storage;

import dev.weir.block.BlockBackend;
import dev.weir.block.BlockError;
import dev.weir.block.BlockException;
import dev.weir.block.BlockRequest;
import dev.weir.block.Direction;
import dev.weir.block.HintedBackend;
import dev.weir.block.Operation;
import dev.weir.clock.Clock;
import dev.weir.engine.statistics.Statistics;
import dev.weir.engine.throttle.RequestSink;
import dev.weir.log.RateLimitedLog;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.IntConsumer;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * An open backend with its requests in flight. Executes requests inline, or on worker threads if the backend may
 * block, and completes them.
 *
 * <p>Thread-safe.
 */
public final class Storage implements RequestSink {
    private static final Logger LOG = LoggerFactory.getLogger(Storage.class);

    private static final RateLimitedLog UNTAKEN = new RateLimitedLog("clients that failed on a completion", LOG::error);

    /** Sampling interval of latencies in requests. A prime avoids a resonance with periodic patterns of requests. */
    private static final int MEASURED_EVERY = 7;

    private static final long LATE_SECONDS = 1;

    private final String drive;
    private final BlockBackend backend;
    private final @Nullable HintedBackend hints;
    private final Statistics statistics;
    private final Clock clock;
    private final @Nullable ExecutorService workers;
    private final RateLimitedLog failures;

    /** Executes writes if the backend serialises them. */
    private final @Nullable WritesInTurn writes;

    /** Countdown to the next sample. Not atomic because a lost count only delays a sample. */
    private int untilMeasured;

    private final AtomicInteger inFlight = new AtomicInteger();
    private final CompletableFuture<@Nullable Void> idle = new CompletableFuture<>();
    private volatile boolean closing;

    public Storage(String drive, BlockBackend backend, Statistics statistics, Clock clock) {
        this.drive = drive;
        this.backend = backend;
        this.statistics = statistics;
        this.clock = clock;
        this.failures = new RateLimitedLog("drive " + drive + ": failed requests", LOG::warn);
        this.hints = backend instanceof HintedBackend hinted ? hinted : null;
        this.workers = mayBlock() ? DriveThreads.of(drive) : null;
        this.writes = workers != null && hints != null && hints.writesInTurn()
                ? new WritesInTurn(workers, clock, this::perform, this::complete)
                : null;
    }

    public BlockBackend backend() {
        return backend;
    }

    /** Returns whether an operation may wait for something slower than memory. */
    public boolean mayBlock() {
        return hints == null || hints.mayBlock();
    }

    public int inFlight() {
        return inFlight.get();
    }

    /** Executes a request inline or on a worker and completes it. */
    @Override
    public void execute(BlockRequest request) {
        // counted before the look at closing: either close() waits for this request or the request is rejected
        inFlight.incrementAndGet();
        if (closing) {
            complete(request, BlockError.ESHUTDOWN);
        } else if (request.isReady()) {
            start(request);
        } else {
            // the limits come first, so that a queued request needs no memory
            request.whenReady(error -> goOn(request, error));
        }
    }

    private void goOn(BlockRequest request, @Nullable BlockError error) {
        if (error == null) {
            start(request);
        } else {
            complete(request, error);
        }
    }

    private void start(BlockRequest request) {
        if (workers == null) {
            runHere(request);
        } else if (request.operation() == Operation.READ) {
            // a cached read saves the switch to another thread; see docs/design/decisions/019
            read(workers, request);
        } else if (writes != null && request.operation() == Operation.WRITE && !request.fua()) {
            // without FUA, because a flush would delay all writes behind it
            writes.add(request);
        } else {
            hand(workers, request, () -> perform(request));
        }
    }

    /**
     * Whether to measure this request. Non-blocking requests are sampled because reading the clock costs about as
     * much as a copy in memory.
     */
    private boolean isMeasured() {
        if (--untilMeasured > 0) {
            return false;
        }
        untilMeasured = MEASURED_EVERY;
        return true;
    }

    private void runHere(BlockRequest request) {
        if (!isMeasured()) {
            complete(request, perform(request));
            return;
        }
        long begun = clock.nanoTime();
        BlockError error = perform(request);
        statistics.inBackend(clock.nanoTime() - begun);
        complete(request, error);
    }

    /** Reads inline if the bytes are cached. Otherwise a worker reads them. */
    private void read(ExecutorService others, BlockRequest request) {
        boolean measured = isMeasured();
        long begun = measured ? clock.nanoTime() : 0;
        ByteBuffer buffer;
        boolean done;
        try {
            buffer = request.buffer();
            done = hints != null && hints.readNow(buffer, request.offset());
        } catch (RuntimeException | Error e) {
            complete(request, failed(request, e));
            return;
        }
        if (!done) {
            hand(others, request, () -> read(request, buffer));
            return;
        }
        if (measured) {
            statistics.inBackend(clock.nanoTime() - begun);
        }
        complete(request, null);
    }

    private @Nullable BlockError read(BlockRequest request, ByteBuffer buffer) {
        try {
            backend.read(buffer, request.offset());
            return null;
        } catch (IOException | RuntimeException | Error e) {
            return failed(request, e);
        }
    }

    private void hand(ExecutorService to, BlockRequest request, Supplier<@Nullable BlockError> work) {
        long begun = clock.nanoTime();
        try {
            to.execute(() -> {
                BlockError error = work.get();
                statistics.inBackend(clock.nanoTime() - begun);
                complete(request, error);
            });
        } catch (RejectedExecutionException e) {
            complete(request, BlockError.ESHUTDOWN);
        } catch (OutOfMemoryError e) {
            // the system refused another thread; a later request may find one
            logged(() ->
                    failures.write(() -> "drive " + drive + ": cannot start a thread for a request: " + reason(e)));
            complete(request, BlockError.ENOMEM);
        }
    }

    private @Nullable BlockError perform(BlockRequest request) {
        try {
            performOn(request);
            return null;
            // errors too: a defect of one backend must not end a thread that serves other drives
        } catch (IOException | RuntimeException | Error e) {
            return failed(request, e);
        }
    }

    /** Logs a failure and returns the error of its request. Never throws, so that the request is completed. */
    private BlockError failed(BlockRequest request, Throwable e) {
        logged(() -> log(request, e));
        if (e instanceof OutOfMemoryError) {
            return BlockError.ENOMEM;
        }
        return e instanceof BlockException known ? known.error() : BlockError.EIO;
    }

    private void log(BlockRequest request, Throwable e) {
        if (e instanceof OutOfMemoryError) {
            failures.write(() ->
                    "drive %s: no memory for %s of %d bytes".formatted(drive, request.operation(), request.length()));
        } else if (!(e instanceof BlockException)) {
            failures.write(() -> "drive %s: %s of %d bytes at %d failed: %s"
                    .formatted(drive, request.operation(), request.length(), request.offset(), reason(e)));
        }
        LOG.debug("drive {}: {} at {} failed", drive, request.operation(), request.offset(), e);
    }

    /** Logs a message. Without memory the message is dropped because completing the request matters more. */
    private static void logged(Runnable message) {
        try {
            message.run();
        } catch (OutOfMemoryError e) {
            // the error of the request tells the client
        }
    }

    /**
     * Returns the message of a storage failure. For a defect of the backend it includes the type of the exception.
     */
    private static String reason(Throwable e) {
        return e instanceof IOException && e.getMessage() != null ? e.getMessage() : e.toString();
    }

    /** Returns why the backend is unusable (for example a deleted file); empty if it is usable. May block. */
    public String fault() {
        try {
            backend.check();
            return "";
        } catch (IOException | RuntimeException | Error e) {
            return reason(e);
        }
    }

    private void performOn(BlockRequest request) throws IOException {
        switch (request.operation()) {
            case READ -> lendOrRead(request);
            case WRITE -> backend.write(request.buffer(), request.offset());
            case WRITE_ZEROES, FAST_ZERO -> backend.writeZeroes(request.offset(), request.length(), request.mayUnmap());
            case TRIM -> backend.trim(request.offset(), request.length());
            case FLUSH -> backend.flush();
            case CACHE -> backend.cache(request.offset(), request.length());
            case BLOCK_STATUS -> backend.blockStatus(request.offset(), request.length(), request);
        }
        // the backend interface has no durable write, so FUA is a write and a flush
        if (request.fua() && request.operation().direction() == Direction.WRITE) {
            backend.flush();
        }
    }

    private void lendOrRead(BlockRequest request) throws IOException {
        if (hints == null || !request.borrows() || !hints.lend(request.offset(), request.length(), request)) {
            backend.read(request.buffer(), request.offset());
        }
    }

    private void complete(BlockRequest request, @Nullable BlockError error, long nanos, boolean moreFollow) {
        statistics.inBackend(nanos);
        complete(request, error, moreFollow);
    }

    private void complete(BlockRequest request, @Nullable BlockError error) {
        complete(request, error, false);
    }

    private void complete(BlockRequest request, @Nullable BlockError error, boolean moreFollow) {
        statistics.completed(request, error);
        try {
            tell(drive, request, error, moreFollow);
        } finally {
            // after the reply, so that a closed drive owes no client a reply
            if (inFlight.decrementAndGet() == 0 && closing) {
                idle.complete(null);
            }
        }
    }

    /**
     * Completes a request. An exception of the client is logged so that other clients still get their completions.
     */
    public static void tell(String drive, BlockRequest request, @Nullable BlockError error) {
        tell(drive, request, error, false);
    }

    private static void tell(String drive, BlockRequest request, @Nullable BlockError error, boolean moreFollow) {
        try {
            request.complete(error, moreFollow);
        } catch (RuntimeException | Error e) {
            UNTAKEN.write(
                    () -> "drive %s: client %s failed on its completion: %s".formatted(drive, request.client(), e));
            LOG.debug("drive {}: a client failed on a completion", drive, e);
        }
    }

    /**
     * Rejects new requests, waits without a timeout for the requests in flight and closes the backend.
     *
     * @param onLate receives the number of requests in flight if they take longer than a second
     */
    public void close(IntConsumer onLate) {
        // keeps the count above zero until closing is set, so that a decrement to zero completes idle for certain
        inFlight.incrementAndGet();
        closing = true;
        if (inFlight.decrementAndGet() == 0) {
            idle.complete(null);
        }
        awaitIdle(onLate);
        try {
            if (workers != null) {
                workers.shutdown();
            }
            backend.flush();
        } catch (IOException | RuntimeException | Error e) {
            LOG.error(
                    "drive {}: the final flush failed; writes since the previous flush may be lost: {}",
                    drive,
                    e instanceof IOException ? e.getMessage() : e);
            LOG.debug("drive {}: the final flush failed", drive, e);
        }
        try {
            backend.close();
        } catch (IOException | RuntimeException | Error e) {
            LOG.error("drive {}: closing the backend failed", drive, e);
        }
    }

    private void awaitIdle(IntConsumer onLate) {
        try {
            idle.get(LATE_SECONDS, TimeUnit.SECONDS);
        } catch (TimeoutException e) {
            onLate.accept(inFlight.get());
            // no timeout: closing a backend under its requests could corrupt data; see docs/design/decisions/014
            idle.join();
        } catch (ExecutionException | InterruptedException e) {
            // unreachable: lifecycle threads are not interrupted and idle never completes with an exception
            throw new IllegalStateException(e);
        }
    }
}
