package dev.weir.backend.nbd;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.weir.block.BlockDevice;
import dev.weir.block.BlockError;
import dev.weir.block.BlockRequest;
import dev.weir.block.Operation;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/** A request whose completion a test awaits. */
final class TestRequest extends BlockRequest {
    final List<String> extents = new ArrayList<>();
    private final ByteBuffer buffer;
    private final int start;
    private final CompletableFuture<Optional<BlockError>> done = new CompletableFuture<>();

    private TestRequest(Operation operation, long offset, ByteBuffer buffer, long length) {
        super("test");
        this.buffer = buffer;
        start = buffer.position();
        prepare(operation, offset, length);
    }

    static TestRequest read(long offset, int length) {
        ByteBuffer dirty = ByteBuffer.allocateDirect(length + 10);
        while (dirty.hasRemaining()) {
            dirty.put((byte) 0x55);
        }
        return new TestRequest(Operation.READ, offset, dirty.limit(length + 5).position(5), length);
    }

    static TestRequest write(long offset, byte... bytes) {
        return new TestRequest(Operation.WRITE, offset, ByteBuffer.wrap(bytes), bytes.length);
    }

    /** A write of {@code length} bytes that are all {@code value}. */
    static TestRequest fill(long offset, int length, int value) {
        byte[] bytes = new byte[length];
        java.util.Arrays.fill(bytes, (byte) value);
        return write(offset, bytes);
    }

    static TestRequest of(Operation operation, long offset, long length) {
        return new TestRequest(operation, offset, ByteBuffer.allocate(0), length);
    }

    static TestRequest flush() {
        return of(Operation.FLUSH, 0, 0);
    }

    TestRequest withFua() {
        fua(true);
        return this;
    }

    TestRequest to(BlockDevice device) {
        device.submit(this);
        return this;
    }

    /** Awaits success and returns the bytes of a read. */
    byte[] ok() throws Exception {
        assertNull(error());
        byte[] bytes = new byte[buffer.limit() - start];
        buffer.get(start, bytes);
        return bytes;
    }

    void fails(BlockError expected) throws Exception {
        assertEquals(expected, error());
    }

    private @Nullable BlockError error() throws Exception {
        return done.get(20, TimeUnit.SECONDS).orElse(null);
    }

    boolean isDone() {
        return done.isDone();
    }

    @Override
    public ByteBuffer buffer() {
        return buffer;
    }

    @Override
    public boolean extent(long length, boolean hole) {
        extents.add((hole ? "hole " : "data ") + length);
        return true;
    }

    @Override
    public void completed(@Nullable BlockError error) {
        assertTrue(done.complete(Optional.ofNullable(error)), "completed twice");
    }
}
