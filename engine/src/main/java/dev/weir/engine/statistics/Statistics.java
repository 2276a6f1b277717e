package dev.weir.engine.statistics;

import dev.weir.block.BlockError;
import dev.weir.block.BlockRequest;
import dev.weir.drive.control.DriveHistograms.Histogram;
import dev.weir.drive.control.DriveLatencies.Percentiles;
import dev.weir.drive.control.DriveSnapshot.Counters;
import java.lang.invoke.MethodHandles;
import java.lang.invoke.VarHandle;
import org.jspecify.annotations.Nullable;

/** The counters of a drive's completed requests. Thread-safe. */
public final class Statistics {
    private enum Count {
        READS,
        READ_BYTES,
        WRITES,
        WRITE_BYTES,
        FLUSHES,
        CACHES,
        BLOCK_STATUSES,
        FAILED,
        CANCELLED
    }

    private static final VarHandle COUNT = MethodHandles.arrayElementVarHandle(long[].class);

    /** By {@link Count}. Accessed by {@link #COUNT} alone. */
    private final long[] counts = new long[Count.values().length];

    private final LatencyHistogram inBackend = new LatencyHistogram();

    private void add(Count count, long more) {
        COUNT.getAndAdd(counts, count.ordinal(), more);
    }

    private long get(Count count) {
        return (long) COUNT.getVolatile(counts, count.ordinal());
    }

    public void completed(BlockRequest request, @Nullable BlockError error) {
        if (error != null) {
            add(Count.FAILED, 1);
            return;
        }
        switch (request.operation()) {
            case READ -> {
                add(Count.READS, 1);
                add(Count.READ_BYTES, request.length());
            }
            case WRITE, WRITE_ZEROES, FAST_ZERO, TRIM -> {
                add(Count.WRITES, 1);
                add(Count.WRITE_BYTES, request.length());
            }
            case FLUSH -> add(Count.FLUSHES, 1);
            case CACHE -> add(Count.CACHES, 1);
            case BLOCK_STATUS -> add(Count.BLOCK_STATUSES, 1);
        }
    }

    /** Records the time that a request spent in the backend. */
    public void inBackend(long nanos) {
        inBackend.record(nanos);
    }

    public Percentiles inBackend() {
        return inBackend.percentiles();
    }

    public Histogram backendHistogram() {
        return inBackend.histogram();
    }

    public void refused() {
        add(Count.FAILED, 1);
    }

    public void cancelled(int requests) {
        add(Count.CANCELLED, requests);
    }

    public Counters counters(long held, long reconnects) {
        return new Counters(
                get(Count.READS),
                get(Count.READ_BYTES),
                get(Count.WRITES),
                get(Count.WRITE_BYTES),
                get(Count.FLUSHES),
                get(Count.CACHES),
                get(Count.BLOCK_STATUSES),
                get(Count.FAILED),
                held,
                get(Count.CANCELLED),
                reconnects);
    }
}
