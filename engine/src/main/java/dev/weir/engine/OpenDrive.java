package dev.weir.engine;

import dev.weir.block.BlockError;
import dev.weir.block.BlockRequest;
import dev.weir.block.Direction;
import dev.weir.block.Operation;
import dev.weir.drive.Drive;
import dev.weir.drive.settings.DriveSettings;
import dev.weir.engine.statistics.Statistics;
import dev.weir.engine.storage.Completions;
import dev.weir.engine.storage.Geometry;
import dev.weir.engine.storage.Storage;
import dev.weir.engine.throttle.RequestSink;
import dev.weir.engine.throttle.Throttle;
import java.util.List;
import java.util.function.IntConsumer;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/**
 * A drive with open storage. It validates requests and passes them through the throttle to the storage. Released
 * requests reach the storage through the drive that admitted them, because the storage may serve another drive since.
 */
final class OpenDrive implements Drive, RequestSink {
    private final String name;
    private final boolean readOnly;
    private final Geometry opened;
    private final Throttle throttle;
    private final FlushCap flushes;
    private final Storage storage;
    private final Statistics statistics;
    private final Supplier<DriveSettings> settings;

    OpenDrive(
            String name,
            boolean readOnly,
            Throttle throttle,
            FlushCap flushes,
            Storage storage,
            Statistics statistics,
            Supplier<DriveSettings> settings) {
        this.name = name;
        this.opened = storage.geometry();
        this.readOnly = readOnly || opened.readOnly();
        this.throttle = throttle;
        this.flushes = flushes;
        this.storage = storage;
        this.statistics = statistics;
        this.settings = settings;
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
        return storage.geometry().size();
    }

    @Override
    public boolean readOnly() {
        return readOnly;
    }

    @Override
    public int blockSize() {
        return opened.blockSize();
    }

    /** Returns whether the storage now has another block size or other permissions than clients know. */
    boolean isOutdated() {
        return opened.isOtherFor(storage.geometry());
    }

    Storage storage() {
        return storage;
    }

    /** Accepts requests: those that arrive from now on reach the throttle. */
    void start() {
        storage.serve(this);
        throttle.size(size());
        throttle.open(this);
        flushes.open(this);
    }

    @Override
    public void submit(BlockRequest request) {
        BlockError refusal = refusal(request);
        if (refusal != null) {
            refuse(request, refusal);
            return;
        }
        switch (admission(request)) {
            case GO -> execute(request);
            case CLOSED -> refuse(request, BlockError.ESHUTDOWN);
            case QUEUED -> {}
        }
    }

    /** Passes an admitted request to the storage, or rejects it if the storage serves another drive or none now. */
    @Override
    public void execute(BlockRequest request) {
        storage.execute(request, this);
    }

    private Throttle.Admission admission(BlockRequest request) {
        Direction direction = request.operation().direction();
        if (direction != null) {
            return throttle.admit(direction, request, chargedBytes(request), this);
        }
        return request.operation() == Operation.FLUSH ? flushes.admit(request, this) : Throttle.Admission.GO;
    }

    /**
     * Returns the bytes that a request is charged with, at once and whole: a long request is not split. Requests that
     * move no data, such as a trim (discard), cost 0 unless the drive charges by length.
     */
    private long chargedBytes(BlockRequest request) {
        boolean movesNoData =
                switch (request.operation()) {
                    case TRIM -> true;
                    case WRITE_ZEROES, FAST_ZERO -> storage.zeroesFast(request.mayUnmap());
                    default -> false;
                };
        return movesNoData && !settings.get().charging().discardsByLength() ? 0 : request.length();
    }

    private @Nullable BlockError refusal(BlockRequest request) {
        Operation operation = request.operation();
        BlockError refusal = refusal(operation, request.offset(), request.length());
        boolean isTooSlow =
                refusal == null && operation == Operation.FAST_ZERO && !storage.zeroesFast(request.mayUnmap());
        return isTooSlow ? BlockError.ENOTSUP : refusal;
    }

    private void refuse(BlockRequest request, BlockError error) {
        statistics.refused();
        Completions.tell(name, request, error);
    }

    @Override
    public void cancel(Object client) {
        cancelled(throttle.withdraw(request -> request.client() == client));
        cancelled(flushes.withdraw(client));
        cancelled(storage.withdraw(client));
    }

    /** Applies a new size: limits scale with it, and queued requests beyond the end fail. They are not charged. */
    void resized() {
        throttle.size(size());
        throttle.withdraw(storage::isBeyondEnd)
                .forEach(request -> refuse(request, BlockError.beyondEnd(request.operation())));
    }

    /** Ends queued and new requests, waits for requests in flight and leaves the storage open and stopped. */
    void end(IntConsumer onLate) {
        storage.serve(null);
        cancelled(throttle.close());
        cancelled(flushes.close());
        storage.stop(onLate);
        cancelled(storage.withdraw(null));
    }

    /** Ends queued requests, waits for requests in flight and closes the storage; see {@link Storage#close}. */
    void close(IntConsumer onLate) {
        cancelled(throttle.close());
        cancelled(flushes.close());
        storage.close(onLate);
    }

    private void cancelled(List<BlockRequest> requests) {
        statistics.cancelled(requests.size());
        requests.forEach(request -> Completions.tell(name, request, BlockError.ESHUTDOWN));
    }
}
