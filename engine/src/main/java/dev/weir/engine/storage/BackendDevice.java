package dev.weir.engine.storage;

import dev.weir.block.BlockBackend;
import dev.weir.block.BlockBackendFactory;
import dev.weir.block.BlockDevice;
import dev.weir.block.BlockDeviceFactory;
import dev.weir.block.BlockError;
import dev.weir.block.BlockException;
import dev.weir.block.BlockFactory;
import dev.weir.block.BlockRequest;
import dev.weir.block.BlockStorage;
import dev.weir.block.Direction;
import dev.weir.block.HintedBackend;
import dev.weir.block.Operation;
import dev.weir.clock.Clock;
import dev.weir.log.FailureText;
import dev.weir.log.RateLimitedLog;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.util.Map;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.RejectedExecutionException;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * A blocking backend as an asynchronous device. Executes requests inline if the backend does not block, and otherwise
 * on worker threads of the drive.
 *
 * <p>Thread-safe.
 */
public final class BackendDevice implements BlockDevice {
    private static final Logger LOG = LoggerFactory.getLogger(BackendDevice.class);

    private final String drive;
    private final BlockBackend backend;
    private final @Nullable HintedBackend hints;
    private final @Nullable ExecutorService workers;

    /** Made at the first failure. Guarded by this. */
    private @Nullable RateLimitedLog failures;

    /** Executes writes if the backend serialises them. */
    private final @Nullable WritesInTurn writes;

    /**
     * Opens the storage of a drive as a device. A device that may block gets its requests on its own thread. May block.
     *
     * @throws IOException if the options or the storage are unusable; the message names the thing, the value and the
     *     rule
     */
    public static BlockDevice open(
            BlockFactory by, String drive, Map<String, Object> options, boolean readOnly, Clock clock)
            throws IOException {
        OptionRules.check("backend " + by.type(), by.options(), options);
        if (!(by instanceof BlockDeviceFactory devices)) {
            return new BackendDevice(
                    drive, opened(by, ((BlockBackendFactory) by).open(drive, options, readOnly)), clock);
        }
        if (devices.returnsAtOnce()) {
            return opened(by, devices.open(drive, options, readOnly, clock));
        }
        PartThread thread = new PartThread(drive, clock);
        return new IsolatedDevice(drive, opened(by, devices.open(drive, options, readOnly, thread.clock())), thread);
    }

    private static <T extends BlockStorage> T opened(BlockFactory by, @Nullable T storage) throws IOException {
        if (storage == null) {
            throw new IOException("%s opened nothing; it must return the storage or throw an IOException"
                    .formatted(by.getClass().getName()));
        }
        return storage;
    }

    public BackendDevice(String drive, BlockBackend backend, Clock clock) {
        this(drive, backend, clock, null);
    }

    BackendDevice(String drive, BlockBackend backend, Clock clock, @Nullable RateLimitedLog failures) {
        this.drive = drive;
        this.backend = backend;
        this.failures = failures;
        this.hints = backend instanceof HintedBackend hinted ? hinted : null;
        this.workers = hints == null || hints.mayBlock() ? DriveThreads.of(drive) : null;
        this.writes = workers != null && hints != null && hints.writesInTurn()
                ? new WritesInTurn(workers, clock, this::perform, this::complete)
                : null;
    }

    /** Returns whether no operation waits for anything slower than memory. */
    boolean isMemory() {
        return workers == null;
    }

    /** Returns whether an operation may take no longer than a reading of the clock. */
    boolean mayBeInstant(Operation operation) {
        return workers == null || (hints != null && operation == Operation.READ);
    }

    @Override
    public long size() {
        return backend.size();
    }

    @Override
    public int blockSize() {
        return backend.blockSize();
    }

    @Override
    public boolean readOnly() {
        return backend.readOnly();
    }

    @Override
    public boolean zeroesFast(boolean mayUnmap) {
        return backend.zeroesFast(mayUnmap);
    }

    @Override
    public void check() throws IOException {
        backend.check();
    }

    @Override
    public void resize(long newSize) throws IOException {
        backend.resize(newSize);
    }

    @Override
    public void close() throws IOException {
        if (workers != null) {
            workers.shutdown();
        }
        backend.close();
    }

    @Override
    public void submit(BlockRequest request) {
        if (workers == null) {
            complete(request, perform(request));
        } else if (hints != null && request.operation() == Operation.READ) {
            // a cached read saves the switch to another thread; see docs/design/decisions/019
            transferNow(workers, hints, request);
        } else if (request.operation() != Operation.WRITE || request.fua() || hints == null) {
            hand(workers, request, () -> perform(request));
        } else if (writes != null) {
            // without FUA, because a flush would delay all writes behind it
            writes.add(request);
        } else {
            // so does a write to memory; see docs/design/decisions/058-writes-at-once.md
            transferNow(workers, hints, request);
        }
    }

    /** Reads or writes inline if the backend can do so at once. Otherwise a worker does it. */
    private void transferNow(ExecutorService others, HintedBackend hinted, BlockRequest request) {
        ByteBuffer buffer;
        boolean done;
        try {
            buffer = request.buffer();
            done = request.operation() == Operation.READ
                    ? hinted.readNow(buffer, request.offset())
                    : hinted.writeNow(buffer, request.offset());
            if (done) {
                checkUsedUp(buffer, request);
            }
        } catch (IOException | RuntimeException | Error e) {
            complete(request, failed(request, e));
            return;
        }
        if (done) {
            complete(request, null);
        } else {
            hand(others, request, () -> transferred(buffer, request));
        }
    }

    private @Nullable BlockError transferred(ByteBuffer buffer, BlockRequest request) {
        try {
            transfer(buffer, request);
            return null;
        } catch (IOException | RuntimeException | Error e) {
            return failed(request, e);
        }
    }

    /** Executes a read or a write. */
    private void transfer(ByteBuffer buffer, BlockRequest request) throws IOException {
        if (request.operation() == Operation.READ) {
            backend.read(buffer, request.offset());
        } else {
            backend.write(buffer, request.offset());
        }
        checkUsedUp(buffer, request);
    }

    /** Checks the answer of a backend. The rest of a buffer could have bytes of another client. */
    private static void checkUsedUp(ByteBuffer buffer, BlockRequest request) throws IOException {
        if (buffer.hasRemaining()) {
            throw new IOException(
                    "the backend left %d of %d bytes out".formatted(buffer.remaining(), request.length()));
        }
    }

    private void hand(ExecutorService to, BlockRequest request, Supplier<@Nullable BlockError> work) {
        try {
            to.execute(() -> complete(request, work.get()));
        } catch (RejectedExecutionException e) {
            complete(request, BlockError.ESHUTDOWN);
        } catch (OutOfMemoryError e) {
            // the system refused another thread; a later request may find one
            logged(() -> failures()
                    .write(() -> "drive " + drive + ": cannot start a thread for a request: " + FailureText.of(e)));
            complete(request, BlockError.ENOMEM);
        }
    }

    private @Nullable BlockError perform(BlockRequest request) {
        try {
            performOnBackend(request);
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
            failures().write(() -> "drive %s: no memory for %s of %d bytes"
                    .formatted(drive, request.operation(), request.length()));
        } else if (!(e instanceof BlockException known) || known.error() != BlockError.ENOTSUP) {
            failures().write(() -> "drive %s: %s of %d bytes at %d failed: %s"
                    .formatted(drive, request.operation(), request.length(), request.offset(), FailureText.of(e)));
        }
        LOG.debug("drive {}: {} at {} failed", drive, request.operation(), request.offset(), e);
    }

    private synchronized RateLimitedLog failures() {
        if (failures == null) {
            failures = new RateLimitedLog("drive " + drive + ": failed requests", LOG::warn);
        }
        return failures;
    }

    /** Logs a message. Without memory the message is dropped because completing the request matters more. */
    static void logged(Runnable message) {
        try {
            message.run();
        } catch (OutOfMemoryError e) {
            // the error of the request tells the client
        }
    }

    private void performOnBackend(BlockRequest request) throws IOException {
        switch (request.operation()) {
            case READ -> lendOrRead(request);
            case WRITE -> transfer(request.buffer(), request);
            case WRITE_ZEROES, FAST_ZERO -> backend.writeZeroes(request.offset(), request.length(), request.mayUnmap());
            case TRIM -> backend.trim(request.offset(), request.length());
            case FLUSH -> backend.flush();
            case CACHE -> backend.cache(request.offset(), request.length());
            case BLOCK_STATUS -> blockStatus(request);
        }
        // the backend interface has no durable write, so FUA is a write and a flush
        if (request.fua() && request.operation().direction() == Direction.WRITE) {
            backend.flush();
        }
    }

    private void lendOrRead(BlockRequest request) throws IOException {
        if (hints == null || !request.borrows() || !hints.lend(request.offset(), request.length(), request)) {
            transfer(request.buffer(), request);
        }
    }

    private void blockStatus(BlockRequest request) throws IOException {
        CheckedExtents extents = new CheckedExtents(request, request.length());
        backend.blockStatus(request.offset(), request.length(), extents);
        extents.end();
    }

    private void complete(BlockRequest request, @Nullable BlockError error) {
        complete(request, error, false);
    }

    private void complete(BlockRequest request, @Nullable BlockError error, boolean moreFollow) {
        try {
            request.complete(error, moreFollow);
        } catch (RuntimeException | Error e) {
            // a filter broke its contract; the requests behind this one still complete
            logged(() -> failures()
                    .write(() -> "drive " + drive + ": a filter failed on a completion: " + FailureText.of(e)));
        }
    }
}
