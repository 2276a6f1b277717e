package dev.weir.backend.nbd;

import dev.weir.backend.nbd.connection.ClientLoop;
import dev.weir.backend.nbd.protocol.FarExport;
import dev.weir.block.BlockDevice;
import dev.weir.block.BlockRequest;
import dev.weir.block.HeldRequest;
import dev.weir.clock.Clock;
import dev.weir.log.RateLimitedLog;
import dev.weir.nbd.spec.Nbd;
import java.io.IOException;
import java.io.InterruptedIOException;
import java.util.List;
import java.util.Queue;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.Executor;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.concurrent.atomic.AtomicBoolean;

/**
 * A remote export as a block device.
 *
 * <p>Thread-safe.
 */
final class NbdDevice implements BlockDevice {
    private static final long CLOSE_SECONDS = 10;

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
     * @throws IOException if the server does not serve the export
     */
    static NbdDevice open(
            DeviceOptions options,
            ClientLoop loop,
            Executor blocking,
            ReplayMemory memory,
            Clock clock,
            RateLimitedLog log)
            throws IOException {
        Link link = new Link(options, loop, blocking, clock, log);
        RequestFlow flow = new RequestFlow(clock, loop, link, options.timeoutNanos(), new UnflushedWrites(memory), log);
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
        return export.size();
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
