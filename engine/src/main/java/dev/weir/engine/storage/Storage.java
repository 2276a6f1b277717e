package dev.weir.engine.storage;

import dev.weir.block.BlockBackend;
import dev.weir.block.BlockError;
import dev.weir.block.BlockException;
import dev.weir.clock.Clock;
import dev.weir.drive.DriveRequest;
import dev.weir.drive.Operation;
import dev.weir.engine.statistics.Statistics;
import dev.weir.engine.throttle.RequestSink;
import dev.weir.log.RateLimitedLog;
import dev.weir.throttle.Direction;
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
 * An open backend and what is with it: runs requests, on workers of its own if the backend may block, and
 * completes them.
 *
 * <p>Thread-safe.
 */
public final class Storage implements RequestSink {
    private static final Logger log = LoggerFactory.getLogger(Storage.class);

    private static final RateLimitedLog UNTAKEN =
            new RateLimitedLog("clients that could not take a completion", log::error);

    /** A prime, so that no pattern of requests keeps step with it. */
    private static final int MEASURED_EVERY = 7;

    private static final long LATE_SECONDS = 1;

    private final String drive;
    private final BlockBackend backend;
    private final Statistics statistics;
    private final Clock clock;
    private final @Nullable ExecutorService workers;
    private final RateLimitedLog failures;

    /** For writes, if the backend does them in turn. */
    private final @Nullable WritesInTurn writes;

    /** Counts down to the next request to be measured; threads that do so at once may miss a count. */
    private int untilMeasured;

    private final AtomicInteger inFlight = new AtomicInteger();
    private final CompletableFuture<@Nullable Void> idle = new CompletableFuture<>();
    private volatile boolean closing;

    public Storage(String drive, BlockBackend backend, Statistics statistics, Clock clock) {
        this.drive = drive;
        this.backend = backend;
        this.statistics = statistics;
        this.clock = clock;
        this.failures = new RateLimitedLog("drive " + drive + ": failed requests", log::warn);
        this.workers = backend.mayBlock() ? DriveThreads.of(drive) : null;
        this.writes = workers != null && backend.writesInTurn()
                ? new WritesInTurn(workers, clock, this::perform, this::complete)
                : null;
    }

    public BlockBackend backend() {
        return backend;
    }

    public int inFlight() {
        return inFlight.get();
    }

    /** Runs a request and completes it, here or on a worker. */
    @Override
    public void execute(DriveRequest request) {
        inFlight.incrementAndGet();
        if (closing) {
            complete(request, BlockError.ESHUTDOWN);
        } else if (request.isReady()) {
            start(request);
        } else {
            request.whenReady(error -> goOn(request, error));
        }
    }

    private void goOn(DriveRequest request, @Nullable BlockError error) {
        if (error == null) {
            start(request);
        } else {
            complete(request, error);
        }
    }

    private void start(DriveRequest request) {
        if (workers == null) {
            runHere(request);
        } else if (request.operation() == Operation.READ) {
            read(workers, request);
        } else if (writes != null && request.operation() == Operation.WRITE && !request.fua()) {
            writes.add(request);
        } else {
            hand(workers, request, () -> perform(request));
        }
    }

    /** Reading the clock costs about as much as a copy in memory, so only some of what does not block is measured. */
    private boolean isMeasured() {
        if (--untilMeasured > 0) {
            return false;
        }
        untilMeasured = MEASURED_EVERY;
        return true;
    }

    private void runHere(DriveRequest request) {
        if (!isMeasured()) {
            complete(request, perform(request));
            return;
        }
        long begun = clock.nanoTime();
        BlockError error = perform(request);
        statistics.inBackend(clock.nanoTime() - begun);
        complete(request, error);
    }

    /** Reads here what the backend has at hand, and the rest on a worker. */
    private void read(ExecutorService others, DriveRequest request) {
        boolean measured = isMeasured();
        long begun = measured ? clock.nanoTime() : 0;
        ByteBuffer buffer;
        boolean done;
        try {
            buffer = request.buffer();
            done = backend.readNow(buffer, request.offset());
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

    private @Nullable BlockError read(DriveRequest request, ByteBuffer buffer) {
        try {
            backend.read(buffer, request.offset());
            return null;
        } catch (IOException | RuntimeException | Error e) {
            return failed(request, e);
        }
    }

    private void hand(ExecutorService to, DriveRequest request, Supplier<@Nullable BlockError> work) {
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
            logged(() -> failures.write(() -> "drive " + drive + ": no thread for a request: " + reason(e)));
            complete(request, BlockError.ENOMEM);
        }
    }

    private @Nullable BlockError perform(DriveRequest request) {
        try {
            performOn(backend, request);
            return null;
        } catch (IOException | RuntimeException | Error e) {
            return failed(request, e);
        }
    }

    /** Logs a failure and returns the error of its request. Never throws, so that the request is completed. */
    private BlockError failed(DriveRequest request, Throwable e) {
        logged(() -> log(request, e));
        if (e instanceof OutOfMemoryError) {
            return BlockError.ENOMEM;
        }
        return e instanceof BlockException known ? known.error() : BlockError.EIO;
    }

    private void log(DriveRequest request, Throwable e) {
        if (e instanceof OutOfMemoryError) {
            failures.write(() ->
                    "drive %s: no memory for %s of %d bytes".formatted(drive, request.operation(), request.length()));
        } else if (!(e instanceof BlockException)) {
            failures.write(() -> "drive %s: %s of %d bytes at %d failed: %s"
                    .formatted(drive, request.operation(), request.length(), request.offset(), reason(e)));
        }
        log.debug("drive {}: {} at {} failed", drive, request.operation(), request.offset(), e);
    }

    /** Without memory even a message can fail; a request matters more than its message. */
    private static void logged(Runnable message) {
        try {
            message.run();
        } catch (OutOfMemoryError e) {
            // the error of the request tells the client
        }
    }

    /** The message alone says what is wrong with the storage; of a fault in the backend, the type says more. */
    private static String reason(Throwable e) {
        return e instanceof IOException && e.getMessage() != null ? e.getMessage() : e.toString();
    }

    /** Returns the reason why the backend is not fit for use any more, for example a deleted file; empty if it is. May block. */
    public String fault() {
        try {
            backend.check();
            return "";
        } catch (IOException | RuntimeException | Error e) {
            return reason(e);
        }
    }

    private static void performOn(BlockBackend backend, DriveRequest request) throws IOException {
        switch (request.operation()) {
            case READ -> lendOrRead(backend, request);
            case WRITE -> backend.write(request.buffer(), request.offset());
            case WRITE_ZEROES, FAST_ZERO -> backend.writeZeroes(request.offset(), request.length(), request.mayUnmap());
            case TRIM -> backend.trim(request.offset(), request.length());
            case FLUSH -> backend.flush();
            case CACHE -> backend.cache(request.offset(), request.length());
            case BLOCK_STATUS -> backend.blockStatus(request.offset(), request.length(), request);
        }
        if (request.fua() && request.operation().direction() == Direction.WRITE) {
            backend.flush();
        }
    }

    private static void lendOrRead(BlockBackend backend, DriveRequest request) throws IOException {
        if (!request.borrows() || !backend.lend(request.offset(), request.length(), request)) {
            backend.read(request.buffer(), request.offset());
        }
    }

    private void complete(DriveRequest request, @Nullable BlockError error, long nanos, boolean moreFollow) {
        statistics.inBackend(nanos);
        complete(request, error, moreFollow);
    }

    private void complete(DriveRequest request, @Nullable BlockError error) {
        complete(request, error, false);
    }

    private void complete(DriveRequest request, @Nullable BlockError error, boolean moreFollow) {
        statistics.completed(request, error);
        try {
            tell(drive, request, error, moreFollow);
        } finally {
            if (inFlight.decrementAndGet() == 0 && closing) {
                idle.complete(null);
            }
        }
    }

    /** Completes a request; a client that cannot take that does not keep others from theirs. */
    public static void tell(String drive, DriveRequest request, @Nullable BlockError error) {
        tell(drive, request, error, false);
    }

    private static void tell(String drive, DriveRequest request, @Nullable BlockError error, boolean moreFollow) {
        try {
            request.completed(error, moreFollow);
        } catch (RuntimeException | Error e) {
            UNTAKEN.write(() -> "drive %s: %s could not take its completion: %s".formatted(drive, request.client(), e));
            log.debug("drive {}: a completion was not taken", drive, e);
        }
    }

    /**
     * Lets nothing more in, waits for what is with the backend, however long that takes, and closes that.
     *
     * @param onLate told how many requests the backend still has if it does not soon finish them
     */
    public void close(IntConsumer onLate) {
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
            log.error(
                    "drive {}: the last flush failed, what was written since the one before may be lost: {}",
                    drive,
                    e instanceof IOException ? e.getMessage() : e);
            log.debug("drive {}: the last flush failed", drive, e);
        }
        try {
            backend.close();
        } catch (IOException | RuntimeException | Error e) {
            log.error("drive {}: its backend did not close", drive, e);
        }
    }

    private void awaitIdle(IntConsumer onLate) {
        try {
            idle.get(LATE_SECONDS, TimeUnit.SECONDS);
        } catch (TimeoutException e) {
            onLate.accept(inFlight.get());
            idle.join();
        } catch (ExecutionException | InterruptedException e) {
            // nobody interrupts a lifecycle, and there is nothing that could fail
            throw new IllegalStateException(e);
        }
    }
}
