package dev.weir.engine;

import dev.weir.block.BlockDevice;
import dev.weir.block.BlockOption;
import dev.weir.block.BlockRequest;
import dev.weir.block.HeldRequest;
import dev.weir.block.Operation;
import dev.weir.block.filter.BlockFilter;
import dev.weir.block.filter.BlockFilterFactory;
import dev.weir.block.filter.FilterContext;
import dev.weir.block.filter.ForwardedRequest;
import dev.weir.clock.Timer;
import java.io.IOException;
import java.util.ArrayDeque;
import java.util.List;
import java.util.Map;
import java.util.Queue;
import org.jspecify.annotations.Nullable;

/**
 * Filters that hold requests in order for a time, forever, or not at all, and record their calls as {@code a read
 * 4096}.
 */
final class TestFilters implements BlockFilterFactory {
    private final String type;
    private final List<String> log;

    /** Thrown by the next request. */
    @Nullable
    Error error;

    /** Runs before a filter collects the requests that it holds. */
    Runnable onLook = () -> {};

    int blockSize = 1;
    int opened;

    TestFilters(String type, List<String> log) {
        this.type = type;
        this.log = log;
    }

    @Override
    public String type() {
        return type;
    }

    @Override
    public List<BlockOption> options() {
        return List.of(
                new BlockOption("delay", BlockOption.Kind.DURATION, false, "the delay; 1 or less means forever"));
    }

    @Override
    public boolean returnsAtOnce() {
        return true;
    }

    @Override
    public BlockFilter open(FilterContext context, Map<String, Object> options) throws IOException {
        Held filter = new Held(context);
        filter.configure(options);
        opened++;
        log.add("open " + type + " of " + context.next().size());
        return filter;
    }

    private record Late(BlockRequest request, long since) {}

    private final class Held implements BlockFilter {
        private final FilterContext context;
        private final Queue<Late> held = new ArrayDeque<>();
        private final Timer timer;

        /** How long a request is held (ns); 0 for not at all; forever if negative. */
        private long delayNanos;

        private boolean isPassing;

        Held(FilterContext context) {
            this.context = context;
            timer = context.clock().timer(this::passDue);
        }

        @Override
        public BlockDevice next() {
            return context.next();
        }

        @Override
        public int blockSize() {
            return Math.max(blockSize, next().blockSize());
        }

        @Override
        public void submit(BlockRequest request) {
            Error now = error;
            if (now != null) {
                error = null;
                throw now;
            }
            synchronized (this) {
                held.add(new Late(request, context.clock().nanoTime()));
            }
            passDue();
        }

        @Override
        public void configure(Map<String, Object> options) throws IOException {
            long delay = options.get("delay") instanceof Long nanos ? nanos : 0;
            if (delay == 13) {
                throw new IOException("delay = 13: must be another number");
            }
            synchronized (this) {
                delayNanos = delay == 1 ? -1 : delay;
            }
            passDue();
        }

        @Override
        public void release() {
            synchronized (this) {
                delayNanos = 0;
            }
            passDue();
        }

        /** Passes due requests on, oldest first. One thread does it at a time. */
        private void passDue() {
            while (true) {
                Late next;
                synchronized (this) {
                    next = isPassing ? null : held.peek();
                    long now = context.clock().nanoTime();
                    if (next == null) {
                        return;
                    }
                    if (delayNanos != 0 && (delayNanos < 0 || now - next.since - delayNanos < 0)) {
                        if (delayNanos > 0) {
                            timer.arm(next.since + delayNanos);
                        }
                        return;
                    }
                    held.remove();
                    isPassing = true;
                }
                pass(next.request);
                synchronized (this) {
                    isPassing = false;
                }
            }
        }

        private void pass(BlockRequest request) {
            if (request.operation() != Operation.FLUSH) {
                log.add(type + " " + request.operation().name().toLowerCase(java.util.Locale.ROOT) + " "
                        + request.offset());
            }
            next().submit(request.offset() % 2 == 0 ? request : new ForwardedRequest(request));
        }

        @Override
        public List<HeldRequest> held() {
            onLook.run();
            return heldNow();
        }

        private synchronized List<HeldRequest> heldNow() {
            return held.stream()
                    .map(late -> HeldRequest.of(
                            late.request,
                            "late",
                            late.since,
                            delayNanos < 0 ? HeldRequest.UNKNOWN : late.since + delayNanos))
                    .toList();
        }

        @Override
        public void close() {
            log.add("close " + type);
        }
    }
}
