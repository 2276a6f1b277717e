package dev.weir.nbd;

import dev.weir.block.BlockError;
import dev.weir.block.BlockRequest;
import dev.weir.block.Operation;
import dev.weir.drive.Drive;
import dev.weir.nbd.connection.Lender;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collections;
import java.util.List;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.Executor;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.atomic.AtomicInteger;
import org.jspecify.annotations.Nullable;

/**
 * A fake drive in memory that keeps the contract of {@link Drive}. The test chooses when requests complete: at once,
 * on another thread or on demand. It lends its memory or fails in the middle of a loan.
 *
 * <p>Thread-safe.
 */
public final class MemoryDrive implements Drive {

    /** A submitted request. */
    public record Seen(Operation operation, long offset, long length, boolean fua, boolean mayUnmap) {}

    private static final int BLOCK = 512;
    private static final int LENT_PARTS = 5;
    private static final int NOT_LENT_EVERY = 3;

    private final String name;
    private final long size;
    private final ByteBuffer bytes;
    private final boolean readOnly;
    private final List<Seen> seen = new CopyOnWriteArrayList<>();
    private final BlockingQueue<Object> cancelled = new LinkedBlockingQueue<>();
    private volatile String description = "";
    private volatile int blockSize = 1;
    private volatile boolean recording = true;
    private volatile @Nullable Executor executor;
    private volatile @Nullable BlockError failure;

    /** Guarded by itself. */
    private final List<BlockRequest> held = new ArrayList<>();

    private volatile boolean holding;
    private final Lender lender = new Lender();
    private final AtomicInteger lendings = new AtomicInteger();

    public MemoryDrive(String name, int size, boolean readOnly) {
        this(name, size, ByteBuffer.allocate(size), readOnly);
    }

    /** Makes a drive whose memory may be smaller than its size. Only {@code bytes} can be read and written. */
    public MemoryDrive(String name, long size, ByteBuffer bytes, boolean readOnly) {
        this.name = name;
        this.size = size;
        this.bytes = bytes;
        this.readOnly = readOnly;
    }

    /** Completes requests on the threads of an executor. */
    MemoryDrive on(Executor newExecutor) {
        executor = newExecutor;
        return this;
    }

    /** Records no requests. */
    MemoryDrive forgetful() {
        recording = false;
        return this;
    }

    public void blockSize(int newBlockSize) {
        blockSize = newBlockSize;
    }

    @Override
    public int blockSize() {
        return blockSize;
    }

    public void describe(String newDescription) {
        description = newDescription;
    }

    /** Fails every later request. */
    public void fail(BlockError error) {
        failure = error;
    }

    /** Holds every later request. */
    public void hold() {
        holding = true;
    }

    /** Completes the held requests in order or in reverse order and stops holding. */
    public void release(boolean reversed) {
        holding = false;
        List<BlockRequest> released = takeHeld();
        if (reversed) {
            Collections.reverse(released);
        }
        released.forEach(this::start);
    }

    /** Completes the first held requests and continues to hold the others. */
    public void releaseFirst(int count) {
        for (int i = 0; i < count; i++) {
            BlockRequest request;
            synchronized (held) {
                request = held.remove(0);
            }
            start(request);
        }
    }

    private List<BlockRequest> takeHeld() {
        synchronized (held) {
            List<BlockRequest> taken = new ArrayList<>(held);
            held.clear();
            return taken;
        }
    }

    public int heldCount() {
        synchronized (held) {
            return held.size();
        }
    }

    /** Waits until that many requests are held. */
    void awaitHeld(int count) throws InterruptedException {
        synchronized (held) {
            while (held.size() < count) {
                held.wait();
            }
        }
    }

    public List<Seen> seen() {
        return seen;
    }

    /** Waits until a client is cancelled and returns it. */
    public Object awaitCancelled() throws InterruptedException {
        return cancelled.take();
    }

    public byte[] content(int offset, int length) {
        byte[] copy = new byte[length];
        bytes.get(offset, copy);
        return copy;
    }

    @Override
    public String name() {
        return name;
    }

    @Override
    public String description() {
        return description;
    }

    @Override
    public long size() {
        return size;
    }

    @Override
    public boolean readOnly() {
        return readOnly;
    }

    @Override
    public void submit(BlockRequest request) {
        if (recording) {
            seen.add(new Seen(
                    request.operation(), request.offset(), request.length(), request.fua(), request.mayUnmap()));
        }
        synchronized (held) {
            if (holding) {
                held.add(request);
                held.notifyAll();
                return;
            }
        }
        start(request);
    }

    private void start(BlockRequest request) {
        if (request.isReady()) {
            run(request);
        } else {
            request.whenReady(error -> {
                if (error == null) {
                    run(request);
                } else {
                    request.complete(error);
                }
            });
        }
    }

    private void run(BlockRequest request) {
        Executor runner = executor;
        if (runner == null) {
            serve(request);
        } else {
            runner.execute(() -> serve(request));
        }
    }

    private void serve(BlockRequest request) {
        BlockError error = failure;
        if (error == null) {
            error = refusal(request.operation(), request.offset(), request.length());
        }
        if (error == null) {
            move(request);
        }
        request.complete(error);
    }

    private void move(BlockRequest request) {
        int at = (int) request.offset();
        switch (request.operation()) {
            case READ -> {
                if (!request.borrows() || !lend(request)) {
                    ByteBuffer to = request.buffer();
                    to.put(to.position(), bytes, at, to.remaining()).position(to.limit());
                }
            }
            case WRITE -> {
                ByteBuffer from = request.buffer();
                bytes.put(at, from, from.position(), from.remaining());
                from.position(from.limit());
            }
            case WRITE_ZEROES, FAST_ZERO -> bytes.put(at, new byte[(int) request.length()]);
            case TRIM, FLUSH, CACHE -> {}
            case BLOCK_STATUS -> tellExtents(request);
        }
    }

    private boolean lend(BlockRequest request) {
        boolean whole = lendings.incrementAndGet() % NOT_LENT_EVERY != 0;
        int length = (int) (whole ? request.length() : request.length() / 2);
        lender.lend(content((int) request.offset(), length), length / LENT_PARTS + 1, request);
        return whole;
    }

    /** Returns the number of outstanding loans. */
    public int lent() {
        return lender.lent();
    }

    /** Reports the extents of the requested range in blocks of {@value #BLOCK} bytes. A block of zeroes is a hole. */
    private void tellExtents(BlockRequest request) {
        long end = request.offset() + request.length();
        boolean more = true;
        for (long at = request.offset(); more && at < end; ) {
            long next = Math.min(end, (at / BLOCK + 1) * BLOCK);
            byte[] block = content((int) (at / BLOCK * BLOCK), (int) Math.min(BLOCK, size - at / BLOCK * BLOCK));
            more = request.extent(next - at, Arrays.equals(block, new byte[block.length]));
            at = next;
        }
    }

    @Override
    public void cancel(Object client) {
        List<BlockRequest> taken;
        synchronized (held) {
            taken = held.stream().filter(request -> request.client() == client).toList();
            held.removeAll(taken);
        }
        taken.forEach(request -> request.complete(BlockError.ESHUTDOWN));
        if (recording) {
            cancelled.add(client);
        }
    }
}
