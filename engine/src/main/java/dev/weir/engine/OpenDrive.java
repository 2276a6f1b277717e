package dev.weir.engine;

import dev.weir.block.BlockError;
import dev.weir.drive.Drive;
import dev.weir.drive.DriveRequest;
import dev.weir.drive.Operation;
import dev.weir.engine.statistics.Statistics;
import dev.weir.engine.storage.Storage;
import dev.weir.engine.throttle.Throttle;
import dev.weir.throttle.Direction;
import java.util.List;
import java.util.function.IntConsumer;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/** A drive whose backend is open: checks requests, takes them through the throttle and on to the storage. */
final class OpenDrive implements Drive {
    private final String name;
    private final boolean readOnly;
    private final long size;
    private final Throttle throttle;
    private final Storage storage;
    private final Statistics statistics;
    private final Supplier<String> description;

    OpenDrive(
            String name,
            boolean readOnly,
            Throttle throttle,
            Storage storage,
            Statistics statistics,
            Supplier<String> description) {
        this.name = name;
        this.description = description;
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
        return description.get();
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
    public void submit(DriveRequest request) {
        BlockError refusal = refusal(request);
        if (refusal != null) {
            refuse(request, refusal);
            return;
        }
        Direction direction = request.operation().direction();
        switch (direction == null ? Throttle.Admission.GO : throttle.admit(direction, request, storage)) {
            case GO -> storage.execute(request);
            case CLOSED -> refuse(request, BlockError.ESHUTDOWN);
            case QUEUED -> {}
        }
    }

    private @Nullable BlockError refusal(DriveRequest request) {
        Operation operation = request.operation();
        BlockError refusal = refusal(operation, request.offset(), request.length());
        boolean isTooSlow = refusal == null
                && operation == Operation.FAST_ZERO
                && !storage.backend().zeroesFast(request.mayUnmap());
        return isTooSlow ? BlockError.ENOTSUP : refusal;
    }

    private void refuse(DriveRequest request, BlockError error) {
        statistics.refused();
        Storage.tell(name, request, error);
    }

    @Override
    public void cancel(Object client) {
        cancelled(throttle.withdraw(client));
    }

    int inFlight() {
        return storage.inFlight();
    }

    /** Returns whether its backend may wait for something slower than memory. */
    boolean mayBlock() {
        return storage.backend().mayBlock();
    }

    /** Returns the reason why its backend is not fit for use any more; see {@link Storage#fault}. */
    String fault() {
        return storage.fault();
    }

    /** Ends what is queued, waits for what is with the backend, and closes that; see {@link Storage#close}. */
    void close(IntConsumer onLate) {
        cancelled(throttle.close());
        storage.close(onLate);
    }

    private void cancelled(List<DriveRequest> requests) {
        statistics.cancelled(requests.size());
        requests.forEach(request -> Storage.tell(name, request, BlockError.ESHUTDOWN));
    }
}
