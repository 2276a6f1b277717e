package dev.weir.engine;

import dev.weir.block.BlockError;
import dev.weir.drive.DriveLatencies.Percentiles;
import dev.weir.drive.DriveRequest;
import dev.weir.drive.DriveSnapshot.Counters;
import java.util.concurrent.atomic.LongAdder;
import org.jspecify.annotations.Nullable;

/** Counts what a drive has done. Thread-safe. */
final class Statistics {
    private final LongAdder reads = new LongAdder();
    private final LongAdder readBytes = new LongAdder();
    private final LongAdder writes = new LongAdder();
    private final LongAdder writeBytes = new LongAdder();
    private final LongAdder flushes = new LongAdder();
    private final LongAdder caches = new LongAdder();
    private final LongAdder blockStatuses = new LongAdder();
    private final LongAdder failed = new LongAdder();
    private final LongAdder cancelled = new LongAdder();
    private final LatencyHistogram inBackend = new LatencyHistogram();

    void completed(DriveRequest request, @Nullable BlockError error) {
        if (error != null) {
            failed.increment();
            return;
        }
        switch (request.operation()) {
            case READ -> {
                reads.increment();
                readBytes.add(request.length());
            }
            case WRITE, WRITE_ZEROES, FAST_ZERO, TRIM -> {
                writes.increment();
                writeBytes.add(request.length());
            }
            case FLUSH -> flushes.increment();
            case CACHE -> caches.increment();
            case BLOCK_STATUS -> blockStatuses.increment();
        }
    }

    /** Notes how long a request was with the backend. */
    void inBackend(long nanos) {
        inBackend.record(nanos);
    }

    Percentiles inBackend() {
        return inBackend.percentiles();
    }

    void refused() {
        failed.increment();
    }

    void cancelled(int requests) {
        cancelled.add(requests);
    }

    Counters counters(long held) {
        return new Counters(
                reads.sum(),
                readBytes.sum(),
                writes.sum(),
                writeBytes.sum(),
                flushes.sum(),
                caches.sum(),
                blockStatuses.sum(),
                failed.sum(),
                held,
                cancelled.sum());
    }
}
