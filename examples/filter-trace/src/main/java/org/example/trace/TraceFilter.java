package org.example.trace;

import dev.weir.block.BlockDevice;
import dev.weir.block.BlockError;
import dev.weir.block.BlockRequest;
import dev.weir.block.filter.BlockFilter;
import dev.weir.block.filter.FilterContext;
import dev.weir.block.filter.ForwardedRequest;
import java.io.IOException;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/**
 * Logs each request that the storage answers later than a bound. Holds no request.
 *
 * <p>Thread-safe.
 */
final class TraceFilter implements BlockFilter {
    static final String SLOWER_THAN = "slower-than";

    private final FilterContext context;
    private final Consumer<String> log;
    private volatile long boundNanos;

    TraceFilter(FilterContext context, Consumer<String> log) {
        this.context = context;
        this.log = log;
    }

    /**
     * Returns the bound in the options.
     *
     * @throws IOException if it is missing or 0
     */
    static long boundNanos(Map<String, Object> options) throws IOException {
        if (options.get(SLOWER_THAN) instanceof Long nanos && nanos > 0) {
            return nanos;
        }
        throw new IOException(SLOWER_THAN + " must be more than 0");
    }

    @Override
    public BlockDevice next() {
        return context.next();
    }

    @Override
    public void submit(BlockRequest request) {
        next().submit(new TracedRequest(request));
    }

    @Override
    public void configure(Map<String, Object> options) throws IOException {
        boundNanos = boundNanos(options);
    }

    @Override
    public void release() {
        // holds no request
    }

    private final class TracedRequest extends ForwardedRequest {
        private final long submitted = context.clock().nanoTime();

        TracedRequest(BlockRequest original) {
            super(original);
        }

        @Override
        protected void completed(@Nullable BlockError error) {
            long nanos = context.clock().nanoTime() - submitted;
            super.completed(error); // first, so that no failure of the log can lose it
            if (nanos > boundNanos) {
                log.accept("drive %s: %s of %d bytes at %d took %d ms%s"
                        .formatted(
                                context.drive(),
                                operation(),
                                length(),
                                offset(),
                                TimeUnit.NANOSECONDS.toMillis(nanos),
                                error == null ? "" : " and failed with " + error));
            }
        }
    }
}
