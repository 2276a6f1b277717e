package dev.weir.filter.faults;

import dev.weir.block.BlockDevice;
import dev.weir.block.BlockError;
import dev.weir.block.BlockRequest;
import dev.weir.block.HeldRequest;
import dev.weir.block.filter.FilterContext;
import dev.weir.clock.Timer;
import dev.weir.fault.Activity;
import dev.weir.fault.FaultFilter;
import dev.weir.fault.FaultSettings;
import dev.weir.fault.FaultState;
import dev.weir.fault.PowerCut;
import dev.weir.fault.PowerCutReport;
import dev.weir.fault.Unflushed;
import dev.weir.filter.faults.unflushed.UnflushedWrites;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.function.Consumer;
import java.util.function.LongSupplier;
import org.jspecify.annotations.Nullable;

/**
 * Applies the faults of a drive to its requests, and keeps its record of unflushed writes behind them.
 *
 * <p>Thread-safe. See docs/design/decisions/048-faults.md.
 */
final class FaultsFilter implements FaultFilter {
    private final FilterContext context;
    private final LongSupplier randomSeed;
    private final ActiveFaults faults;
    private final FaultQueue held;
    private final Timer nextChange;

    /** The record of unflushed writes; null without one. It ends only while the filter is released. */
    private volatile @Nullable UnflushedWrites record;

    private volatile boolean isOff;

    /** Whether no request is held. */
    private volatile boolean isReleased;

    /**
     * Creates a filter without faults.
     *
     * @param log receives a line for each begin and end of a fault
     * @param randomSeed supplies the seeds of faults that have none
     */
    FaultsFilter(FilterContext context, Consumer<String> log, LongSupplier randomSeed) {
        this.context = context;
        this.randomSeed = randomSeed;
        this.faults = new ActiveFaults(context.drive(), log, randomSeed, new DiskHead(() -> context.next()
                .size()));
        this.held = new FaultQueue(context.clock());
        this.nextChange = context.clock().timer(this::update);
    }

    @Override
    public BlockDevice next() {
        return context.next();
    }

    @Override
    public void submit(BlockRequest request) {
        if (isOff) {
            request.complete(BlockError.ESHUTDOWN);
            return;
        }
        Effects effects = faults.isQuiet(request.operation())
                ? null
                : faults.effects(request, context.clock().nanoTime());
        if (effects == null) {
            pass(request);
        } else {
            new FaultyRequest(request, this::pass, effects, held).start();
        }
    }

    private void pass(BlockRequest request) {
        UnflushedWrites behind = record;
        if (behind == null) {
            context.next().submit(request);
        } else {
            behind.submit(request);
        }
    }

    @Override
    public void configure(Map<String, Object> options) throws IOException {
        FaultSettings settings = FaultsFilterFactory.settings(options);
        keepRecord(settings);
        faults.configure(settings, context.clock().nanoTime());
        isReleased = false;
        held.open();
        update();
        held.faultsChanged();
    }

    /**
     * Begins or ends the record.
     *
     * @throws IOException if the record must end while requests pass; the engine then stops them and tries again
     */
    private void keepRecord(FaultSettings settings) throws IOException {
        UnflushedWrites now = record;
        if (now == null) {
            record = settings.powerCut()
                    ? new UnflushedWrites(context.next(), context.clock(), settings.memory())
                    : null;
        } else if (settings.powerCut()) {
            now.maxBytes(settings.memory());
            now.open();
        } else if (isReleased) {
            now.drain();
            record = null;
        } else {
            throw new IOException("unflushed writes must reach the backend before their record ends");
        }
    }

    private void update() {
        long next = faults.update(context.clock().nanoTime());
        if (next == Activity.NEVER) {
            nextChange.disarm();
        } else {
            nextChange.arm(next);
        }
    }

    @Override
    public void release() {
        UnflushedWrites behind = record;
        isReleased = true;
        held.close().forEach(FaultyRequest::goOn);
        if (behind != null) {
            behind.release();
        }
    }

    @Override
    public List<HeldRequest> held() {
        UnflushedWrites behind = record;
        List<HeldRequest> all = new ArrayList<>(behind == null ? List.of() : behind.held());
        all.addAll(held.list());
        return all;
    }

    @Override
    public List<FaultState> faults() {
        Map<ActiveFault, Integer> holding = held.counts();
        long now = context.clock().nanoTime();
        return faults.list().stream()
                .map(fault -> fault.state(now, holding.getOrDefault(fault, 0)))
                .toList();
    }

    @Override
    public @Nullable Unflushed unflushed() {
        UnflushedWrites behind = record;
        return behind == null ? null : behind.state();
    }

    @Override
    public void powerOff() {
        isOff = true;
        held.close().forEach(request -> request.end(BlockError.ESHUTDOWN));
        UnflushedWrites behind = record;
        if (behind != null) {
            behind.powerOff();
        }
    }

    @Override
    public PowerCutReport cutPower(PowerCut how) throws IOException {
        try {
            UnflushedWrites behind = record;
            if (behind == null) {
                throw new IOException("no record of unflushed writes is kept");
            }
            Long seed = how.seed();
            return behind.cutPower(how, seed == null ? randomSeed.getAsLong() : seed);
        } finally {
            isOff = false;
        }
    }

    /** Resizes the next device. Unflushed writes reach it before, because they may lie beyond the new end. */
    @Override
    public void resize(long newSize) throws IOException {
        UnflushedWrites behind = record;
        if (behind != null) {
            behind.drain();
        }
        next().resize(newSize);
    }

    /** Ends the filter. Unflushed writes reach the backend, as they do when a computer is shut down. */
    @Override
    public void close() throws IOException {
        nextChange.disarm();
        faults.configure(FaultSettings.NONE, context.clock().nanoTime());
        UnflushedWrites behind = record;
        record = null;
        if (behind != null) {
            behind.drain();
        }
    }
}
