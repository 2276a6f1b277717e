package dev.weir.filter.faults.unflushed;

import dev.weir.block.BlockDevice;
import dev.weir.block.BlockError;
import dev.weir.block.BlockRequest;
import dev.weir.block.HeldRequest;
import dev.weir.block.Operation;
import dev.weir.block.filter.ForwardedRequest;
import dev.weir.clock.Clock;
import dev.weir.fault.PowerCut;
import dev.weir.fault.PowerCutReport;
import dev.weir.fault.Unflushed;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.util.ArrayDeque;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Queue;
import java.util.concurrent.CompletableFuture;
import org.jspecify.annotations.Nullable;

/**
 * The volatile write cache of a disk. A write completes as soon as it is in the record. A flush writes the record to
 * the backend. A write with force unit access goes to the backend at once. A full record gives its older half to the
 * backend, as a disk may do at any time.
 *
 * <p>Thread-safe. See docs/design/decisions/048-faults.md.
 */
public final class UnflushedWrites {
    private static final String FULL = "power-cut-memory is full";

    private final BlockDevice next;
    private final Clock clock;
    private final WriteLog log;

    /** Flushes, writes with force unit access, and the writing of the older half: one at a time. */
    private final Lane lane = new Lane();

    /** Writes without room, oldest first. Guarded by itself. */
    private final Queue<Waiting> waiting = new ArrayDeque<>(0);

    /** Whether room is being made. Guarded by {@link #waiting}. */
    private boolean isMakingRoom;

    private volatile boolean isOff;
    private volatile boolean isReleased;

    /** A write without room. */
    private record Waiting(BlockRequest request, long since) {}

    /**
     * Creates an empty record.
     *
     * @param next the device that gets the flushed writes
     * @param maxBytes the most data in the record
     */
    public UnflushedWrites(BlockDevice next, Clock clock, long maxBytes) {
        this.next = next;
        this.clock = clock;
        this.log = new WriteLog(maxBytes);
    }

    /** Changes the most data in the record (bytes). */
    public void maxBytes(long bytes) {
        log.maxBytes(bytes);
    }

    public Unflushed state() {
        return log.state();
    }

    /** Submits a request. Never blocks. */
    public void submit(BlockRequest request) {
        if (isOff) {
            request.complete(BlockError.ESHUTDOWN);
            return;
        }
        switch (request.operation()) {
            case READ -> read(request);
            case BLOCK_STATUS -> status(request);
            case CACHE -> next.submit(request);
            case FLUSH -> lane.add(new Flush(request));
            default -> write(request);
        }
    }

    private void read(BlockRequest request) {
        List<Write> parts = log.newest(request.offset(), request.offset() + request.length());
        if (parts.isEmpty()) {
            next.submit(request);
        } else if (Overlay.covers(parts, request.length())) {
            ByteBuffer buffer = request.buffer();
            Overlay.copy(parts, buffer, request.offset());
            buffer.position(buffer.limit());
            request.complete(null);
        } else {
            next.submit(new Overlay.Read(request, parts));
        }
    }

    private void status(BlockRequest request) {
        List<Write> parts = log.newest(request.offset(), request.offset() + request.length());
        next.submit(parts.isEmpty() ? request : new Overlay.Status(request, parts));
    }

    private void write(BlockRequest request) {
        if (request.fua()) {
            lane.add(new Forced(request));
            return;
        }
        boolean isReserved;
        synchronized (waiting) {
            isReserved = (isReleased || waiting.isEmpty()) && log.reserve(request, isReleased);
            if (!isReserved) {
                waiting.add(new Waiting(request, clock.nanoTime()));
            }
        }
        if (isReserved) {
            record(request);
        } else {
            makeRoom();
        }
    }

    /** Plans the writing of the older half unless that is planned. */
    private void makeRoom() {
        synchronized (waiting) {
            if (isMakingRoom) {
                return;
            }
            isMakingRoom = true;
        }
        lane.add(new OlderHalf());
    }

    private void record(BlockRequest request) {
        BlockError error = null;
        try {
            log.add(request, request.operation() == Operation.WRITE ? copy(request.buffer(), request) : null);
        } catch (OutOfMemoryError e) {
            log.unreserve(request);
            error = BlockError.ENOMEM;
        }
        request.complete(error);
    }

    private static byte[] copy(ByteBuffer from, BlockRequest request) {
        byte[] data = new byte[(int) request.length()];
        from.get(data);
        return data;
    }

    /** Lets waiting writes in as far as they fit. */
    private void admit() {
        for (; ; ) {
            Waiting first;
            synchronized (waiting) {
                first = waiting.peek();
                if (first == null) {
                    return;
                }
                if (!log.reserve(first.request, isReleased)) {
                    break;
                }
                waiting.remove();
            }
            record(first.request);
        }
        makeRoom();
    }

    private List<Waiting> takeWaiting() {
        synchronized (waiting) {
            List<Waiting> all = List.copyOf(waiting);
            waiting.clear();
            return all;
        }
    }

    /** A flush: the record goes to the backend and then the flush does. */
    private final class Flush extends ForwardedRequest implements Lane.Step {
        private long upTo;
        private @Nullable Runnable end;

        Flush(BlockRequest original) {
            super(original);
        }

        @Override
        public void start(Runnable newEnd) {
            end = newEnd;
            upTo = log.next();
            new ImageWriter(next, Image.of(log.before(upTo)), this::written).write();
        }

        private void written(@Nullable BlockError error) {
            if (error == null) {
                next.submit(this);
            } else {
                completed(error);
            }
        }

        @Override
        protected void completed(@Nullable BlockError error) {
            if (error == null) {
                log.remove(upTo, false);
            }
            original().complete(error);
            end(end);
            admit();
        }

        @Override
        public void reject() {
            original().complete(BlockError.ESHUTDOWN);
        }
    }

    private static void end(@Nullable Runnable step) {
        if (step != null) {
            step.run();
        }
    }

    /** A write with force unit access. Older unflushed data in its range is void afterwards. */
    private final class Forced extends ForwardedRequest implements Lane.Step {
        private long upTo;
        private @Nullable Runnable end;

        Forced(BlockRequest original) {
            super(original);
        }

        @Override
        public void start(Runnable newEnd) {
            end = newEnd;
            upTo = log.next();
            next.submit(this);
        }

        @Override
        protected void completed(@Nullable BlockError error) {
            if (error == null) {
                log.cut(offset(), offset() + length(), upTo);
            }
            original().complete(error);
            end(end);
        }

        @Override
        public void reject() {
            original().complete(BlockError.ESHUTDOWN);
        }
    }

    /** Writes the older half of a full record. */
    private final class OlderHalf implements Lane.Step {
        @Override
        public void start(Runnable end) {
            long upTo = log.half();
            new ImageWriter(next, Image.of(log.before(upTo)), error -> written(upTo, error, end)).write();
        }

        private void written(long upTo, @Nullable BlockError error, Runnable end) {
            synchronized (waiting) {
                isMakingRoom = false;
            }
            end.run();
            if (error == null) {
                log.remove(upTo, true);
                admit();
            } else {
                takeWaiting().forEach(each -> each.request.complete(error));
            }
        }

        @Override
        public void reject() {
            synchronized (waiting) {
                isMakingRoom = false;
            }
        }
    }

    /** Returns the writes that wait for room. */
    public List<HeldRequest> held() {
        synchronized (waiting) {
            return waiting.stream()
                    .map(each -> HeldRequest.of(each.request, FULL, each.since, HeldRequest.UNKNOWN))
                    .toList();
        }
    }

    /** Lets all waiting writes in. The bound does not count until {@link #open}. */
    public void release() {
        synchronized (waiting) {
            isReleased = true;
        }
        admit();
    }

    /** Counts the bound again after {@link #release}. */
    public void open() {
        synchronized (waiting) {
            isReleased = false;
        }
    }

    /** Rejects all requests until {@link #cutPower}. */
    public void powerOff() {
        isOff = true;
        takeWaiting().forEach(each -> each.request.complete(BlockError.ESHUTDOWN));
        lane.reject();
    }

    /**
     * Decides the fate of the unflushed writes and writes the survivors. Called after {@link #powerOff} when no
     * request is in flight. Blocks.
     *
     * @param how the power cut with its seed
     * @throws IOException if the backend refuses a survivor
     */
    public PowerCutReport cutPower(PowerCut how, long seed) throws IOException {
        List<Write> writes = log.all();
        long early = log.early();
        PowerCutFate fate = PowerCutFate.of(writes, how.keep(), how.tear(), seed);
        log.clear();
        isOff = false;
        write(Image.of(fate.kept()), "a write that survives the power cut");
        return new PowerCutReport(
                new PowerCut(how.keep(), how.tear(), seed, how.afterNanos()),
                writes.stream().mapToLong(Write::number).distinct().count(),
                fate.lost().stream().mapToLong(Write::number).distinct().count(),
                fate.lost().stream().mapToLong(Write::length).sum(),
                early,
                lost(fate, writes));
    }

    /** Returns the first lost ranges, with the places of their writes. */
    private static List<PowerCutReport.Lost> lost(PowerCutFate fate, List<Write> writes) {
        Map<Long, Long> places = new HashMap<>();
        writes.forEach(write -> places.putIfAbsent(write.number(), places.size() + 1L));
        return fate.lost().stream()
                .limit(PowerCutReport.MOST_RANGES)
                .map(range -> new PowerCutReport.Lost(
                        Objects.requireNonNull(places.get(range.number())), range.offset(), range.length()))
                .toList();
    }

    /**
     * Writes the record to the backend. Called while no request is in flight. Blocks.
     *
     * @throws IOException if the backend refuses a write
     */
    public void drain() throws IOException {
        write(Image.of(log.all()), "an unflushed write");
        log.clear();
    }

    private void write(Image image, String what) throws IOException {
        CompletableFuture<@Nullable BlockError> written = new CompletableFuture<>();
        new ImageWriter(next, image, written::complete).write();
        BlockError error = written.join();
        if (error != null) {
            throw new IOException(what + " failed with " + error);
        }
    }
}
