package dev.weir.testkit.block;

import dev.weir.block.BlockBackend;
import dev.weir.block.BlockDevice;
import dev.weir.block.BlockError;
import dev.weir.block.BlockException;
import dev.weir.block.BlockRequest;
import dev.weir.block.ExtentVisitor;
import dev.weir.block.Operation;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import org.jspecify.annotations.Nullable;

/** A device as a blocking backend: submits a request and waits for its completion. Thread-safe. */
public class DeviceBackend implements BlockBackend {
    private static final long TIMEOUT_SECONDS = 60;

    private final BlockDevice device;
    private final Runnable onSubmission;

    /**
     * Creates a backend.
     *
     * @param device the device
     */
    public DeviceBackend(BlockDevice device) {
        this(device, () -> {});
    }

    /**
     * Creates a backend.
     *
     * @param device the device
     * @param onSubmission called after each submission; lets the device go on, for example by advancing a clock
     */
    DeviceBackend(BlockDevice device, Runnable onSubmission) {
        this.device = device;
        this.onSubmission = onSubmission;
    }

    /** A request that fails at a second completion. */
    private static final class Waiting extends BlockRequest {
        private final @Nullable ByteBuffer buffer;
        private final @Nullable ExtentVisitor visitor;
        private final CompletableFuture<@Nullable BlockError> result = new CompletableFuture<>();

        Waiting(@Nullable ByteBuffer buffer, @Nullable ExtentVisitor visitor) {
            super("a contract test");
            this.buffer = buffer;
            this.visitor = visitor;
        }

        @Override
        public ByteBuffer buffer() {
            if (buffer == null) {
                throw new AssertionError("asked for the buffer of a " + operation());
            }
            return buffer;
        }

        @Override
        public boolean extent(long extentLength, boolean hole) {
            return visitor != null && visitor.extent(extentLength, hole);
        }

        @Override
        protected void completed(@Nullable BlockError error) {
            if (!result.complete(error)) {
                throw new AssertionError("completed twice: " + operation() + " at " + offset());
            }
        }
    }

    private void execute(Operation operation, long offset, long length, boolean mayUnmap, Waiting request)
            throws IOException {
        request.prepare(operation, offset, length);
        request.mayUnmap(mayUnmap);
        device.submit(request);
        onSubmission.run();
        try {
            BlockError error = request.result.get(TIMEOUT_SECONDS, TimeUnit.SECONDS);
            if (error != null) {
                throw new BlockException(error, operation + " failed");
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new IOException("interrupted", e);
        } catch (ExecutionException | TimeoutException e) {
            throw new AssertionError(operation + " at " + offset + " was not completed", e);
        }
    }

    @Override
    public long size() {
        return device.size();
    }

    @Override
    public int blockSize() {
        return device.blockSize();
    }

    @Override
    public boolean readOnly() {
        return device.readOnly();
    }

    @Override
    public boolean zeroesFast(boolean mayUnmap) {
        return device.zeroesFast(mayUnmap);
    }

    @Override
    public void check() throws IOException {
        device.check();
    }

    @Override
    public void resize(long newSize) throws IOException {
        device.resize(newSize);
    }

    @Override
    public void read(ByteBuffer destination, long offset) throws IOException {
        execute(Operation.READ, offset, destination.remaining(), false, new Waiting(destination, null));
    }

    @Override
    public void write(ByteBuffer source, long offset) throws IOException {
        execute(Operation.WRITE, offset, source.remaining(), false, new Waiting(source, null));
    }

    @Override
    public void writeZeroes(long offset, long length, boolean mayUnmap) throws IOException {
        execute(Operation.WRITE_ZEROES, offset, length, mayUnmap, new Waiting(null, null));
    }

    @Override
    public void trim(long offset, long length) throws IOException {
        execute(Operation.TRIM, offset, length, false, new Waiting(null, null));
    }

    @Override
    public void blockStatus(long offset, long length, ExtentVisitor visitor) throws IOException {
        execute(Operation.BLOCK_STATUS, offset, length, false, new Waiting(null, visitor));
    }

    @Override
    public void cache(long offset, long length) throws IOException {
        execute(Operation.CACHE, offset, length, false, new Waiting(null, null));
    }

    @Override
    public void flush() throws IOException {
        execute(Operation.FLUSH, 0, 0, false, new Waiting(null, null));
    }

    @Override
    public void close() throws IOException {
        device.close();
    }
}
