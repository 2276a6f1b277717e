package dev.weir.engine;

import dev.weir.block.BlockError;
import dev.weir.block.BlockRequest;
import dev.weir.block.Direction;
import dev.weir.block.Operation;
import dev.weir.drive.Drive;
import dev.weir.drive.settings.DriveSettings;
import dev.weir.engine.statistics.Statistics;
import dev.weir.engine.storage.Storage;
import dev.weir.engine.throttle.Throttle;
import java.util.List;
import java.util.function.IntConsumer;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/** A drive with an open backend. It validates requests and passes them through the throttle to the storage. */
final class OpenDrive implements Drive {
    private final String name;
    private final boolean readOnly;
    private final long size;
    private final Throttle throttle;
    private final Storage storage;
    private final Statistics statistics;

    /** The throttle of flushes; null while the drive has no cap on flushes. */
    private final Supplier<@Nullable Throttle> flushes;

    private final Supplier<DriveSettings> settings;

    OpenDrive(
            String name,
            boolean readOnly,
            Throttle throttle,
            Storage storage,
            Statistics statistics,
            Supplier<@Nullable Throttle> flushes,
            Supplier<DriveSettings> settings) {
        this.name = name;
        this.flushes = flushes;
        this.settings = settings;
        this.readOnly = readOnly;
        this.size = storage.backend().size();
        this.throttle = throttle;
        this.storage = storage;
        this.statistics = statistics;
    }

    @Override
    public String name() {
        return name;
    }

    @Override
    public String description() {
        return settings.get().description();
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
        BlockError refusal = refusal(request);
        if (refusal != null) {
            refuse(request, refusal);
            return;
        }
        switch (admission(request)) {
            case GO -> storage.execute(request);
            case CLOSED -> refuse(request, BlockError.ESHUTDOWN);
            case QUEUED -> {}
        }
    }

    private Throttle.Admission admission(BlockRequest request) {
        Direction direction = request.operation().direction();
        if (direction != null) {
            return throttle.admit(direction, request, chargedBytes(request), storage);
        }
        Throttle cap = request.operation() == Operation.FLUSH ? flushes.get() : null;
        return cap == null ? Throttle.Admission.GO : cap.admit(Direction.WRITE, request, 0, storage);
    }

    /**
     * Returns the bytes that a request is charged with. Requests that move no data cost 0 unless the drive charges by
     * length.
     */
    private long chargedBytes(BlockRequest request) {
        boolean movesNoData =
                switch (request.operation()) {
                    case TRIM -> true;
                    case WRITE_ZEROES, FAST_ZERO -> storage.backend().zeroesFast(request.mayUnmap());
                    default -> false;
                };
        return movesNoData && !settings.get().charging().discardsByLength() ? 0 : request.length();
    }

    private @Nullable BlockError refusal(BlockRequest request) {
        Operation operation = request.operation();
        BlockError refusal = refusal(operation, request.offset(), request.length());
        boolean isTooSlow = refusal == null
                && operation == Operation.FAST_ZERO
                && !storage.backend().zeroesFast(request.mayUnmap());
        return isTooSlow ? BlockError.ENOTSUP : refusal;
    }

    private void refuse(BlockRequest request, BlockError error) {
        statistics.refused();
        Storage.tell(name, request, error);
    }

    @Override
    public void cancel(Object client) {
        cancelled(throttle.withdraw(client));
        Throttle cap = flushes.get();
        if (cap != null) {
            cancelled(cap.withdraw(client));
        }
    }

    /** Opens the queue of capped flushes if the drive has such a cap. */
    void openFlushes() {
        Throttle cap = flushes.get();
        if (cap != null) {
            cap.open(storage);
        }
    }

    int inFlight() {
        return storage.inFlight();
    }

    /** Returns whether the backend may wait for something slower than memory. */
    boolean mayBlock() {
        return storage.mayBlock();
    }

    /** Returns why the backend is unusable; see {@link Storage#fault}. */
    String fault() {
        return storage.fault();
    }

    /** Ends queued requests, waits for requests in flight and closes the backend; see {@link Storage#close}. */
    void close(IntConsumer onLate) {
        cancelled(throttle.close());
        Throttle cap = flushes.get();
        if (cap != null) {
            cancelled(cap.close());
        }
        storage.close(onLate);
    }

    private void cancelled(List<BlockRequest> requests) {
        statistics.cancelled(requests.size());
        requests.forEach(request -> Storage.tell(name, request, BlockError.ESHUTDOWN));
    }
}
