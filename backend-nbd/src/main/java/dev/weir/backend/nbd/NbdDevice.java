package dev.weir.backend.nbd;

import dev.weir.backend.nbd.connection.ClientLoop;
import dev.weir.backend.nbd.protocol.FarExport;
import dev.weir.block.BlockDevice;
import dev.weir.block.BlockError;
import dev.weir.block.BlockRequest;
import dev.weir.block.HeldRequest;
import dev.weir.block.Operation;
import dev.weir.clock.Clock;
import dev.weir.log.RateLimitedLog;
import dev.weir.nbd.spec.Nbd;
import dev.weir.unit.Measure;
import java.io.IOException;
import java.io.InterruptedIOException;
import java.nio.ByteBuffer;
import java.util.List;
import java.util.Queue;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.Executor;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.concurrent.atomic.AtomicBoolean;
import org.jspecify.annotations.Nullable;

/**
 * A remote export as a block device.
 *
 * <p>Thread-safe.
 */
final class NbdDevice implements BlockDevice {
    private static final long CLOSE_SECONDS = 10;

    /** How long a change of the size waits for the server. */
    private static final long RESIZE_SECONDS = 30;

    private final ClientLoop loop;
    private final Clock clock;
    private final Link link;
    private final RequestFlow flow;
    private final FarExport export;
    private final Queue<BlockRequest> submitted = new ConcurrentLinkedQueue<>();
    private final AtomicBoolean taking = new AtomicBoolean();

    /**
     * Connects to the server. Blocks for at most some seconds.
     *
     * @param blocking runs the look-up of hosts
     * @param log takes lost and new connections and lost writes
     * @param failures takes the requests that the server answers with an error
     * @throws IOException if the server does not serve the export
     */
    static NbdDevice open(
            DeviceOptions options,
            ClientLoop loop,
            Executor blocking,
            UnflushedMemory memory,
            Clock clock,
            RateLimitedLog log,
            RateLimitedLog failures)
            throws IOException {
        Link link = new Link(options, loop, blocking, clock, log);
        RequestFlow flow =
                new RequestFlow(clock, loop, link, options.timeoutNanos(), new UnflushedWrites(memory), log, failures);
        loop.execute(() -> link.open(flow));
        try {
            return new NbdDevice(loop, clock, link, flow, link.awaitOpen());
        } catch (IOException e) {
            loop.execute(link::close);
            throw e;
        } catch (InterruptedException e) {
            loop.execute(link::close);
            Thread.currentThread().interrupt();
            throw new InterruptedIOException(options.uri() + ": interrupted");
        }
    }

    private NbdDevice(ClientLoop loop, Clock clock, Link link, RequestFlow flow, FarExport export) {
        this.loop = loop;
        this.clock = clock;
        this.link = link;
        this.flow = flow;
        this.export = export;
    }

    @Override
    public long size() {
        return link.size();
    }

    /**
     * Takes over the size that the export has at its server now. Flushes first because unflushed writes could be beyond
     * a smaller end.
     */
    @Override
    public void resize(long newSize) throws IOException {
        CompletableFuture<Long> seen = new CompletableFuture<>();
        try {
            loop.execute(() -> link.permit(newSize));
            flush();
            loop.execute(() -> link.lookAtSize(newSize, seen));
            long now = seen.get(RESIZE_SECONDS, TimeUnit.SECONDS);
            if (now != newSize) {
                throw new IOException("size = " + Measure.sizeText(newSize) + ": the export has "
                        + Measure.sizeText(now) + ", and Weir cannot resize it; resize it at its server first");
            }
        } catch (ExecutionException | TimeoutException e) {
            throw new IOException(
                    "size = " + Measure.sizeText(newSize) + ": the size of the export is unknown: " + condition(), e);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new InterruptedIOException("interrupted");
        } finally {
            loop.execute(() -> link.permit(0));
        }
    }

    private void flush() throws IOException, InterruptedException, ExecutionException, TimeoutException {
        CompletableFuture<@Nullable BlockError> flushed = new CompletableFuture<>();
        BlockRequest flush = new BlockRequest("a resize") {
            @Override
            public ByteBuffer buffer() {
                throw new IllegalStateException("a flush has no data");
            }

            @Override
            protected void completed(@Nullable BlockError error) {
                flushed.complete(error);
            }
        };
        flush.prepare(Operation.FLUSH, 0, 0);
        submit(flush);
        BlockError error = flushed.get(RESIZE_SECONDS, TimeUnit.SECONDS);
        if (error != null) {
            throw new IOException("the flush before a change of the size failed: " + error);
        }
    }

    @Override
    public int blockSize() {
        return export.minBlock();
    }

    @Override
    public boolean readOnly() {
        return export.has(Nbd.NBD_FLAG_READ_ONLY);
    }

    @Override
    public boolean zeroesFast(boolean mayUnmap) {
        return export.has(Nbd.NBD_FLAG_SEND_WRITE_ZEROES) && export.has(Nbd.NBD_FLAG_SEND_FAST_ZERO);
    }

    @Override
    public void submit(BlockRequest request) {
        submitted.add(request);
        if (taking.compareAndSet(false, true)) {
            loop.execute(this::take);
        }
    }

    private void take() {
        taking.set(false);
        for (BlockRequest next = submitted.poll(); next != null; next = submitted.poll()) {
            flow.submit(new Exchange(next, clock.nanoTime()));
        }
    }

    @Override
    public List<HeldRequest> held() {
        return flow.held();
    }

    @Override
    public String condition() {
        return link.condition();
    }

    @Override
    public long reconnects() {
        return link.reconnects();
    }

    @Override
    public void close() throws IOException {
        CompletableFuture<Void> closed = new CompletableFuture<>();
        loop.execute(() -> {
            link.close();
            flow.close();
            closed.complete(null);
        });
        try {
            closed.get(CLOSE_SECONDS, TimeUnit.SECONDS);
        } catch (ExecutionException | TimeoutException e) {
            throw new IOException("the connections cannot be closed", e);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new InterruptedIOException("interrupted");
        }
    }
}
