package dev.weir.it;

import dev.weir.block.BlockDevice;
import dev.weir.block.BlockOption;
import dev.weir.block.BlockRequest;
import dev.weir.block.HeldRequest;
import dev.weir.block.filter.BlockFilter;
import dev.weir.block.filter.BlockFilterFactory;
import dev.weir.block.filter.FilterContext;
import dev.weir.block.filter.ForwardedRequest;
import dev.weir.clock.Timer;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayDeque;
import java.util.List;
import java.util.Map;
import java.util.Queue;
import org.osgi.framework.BundleActivator;
import org.osgi.framework.BundleContext;

/** A bundle with the filter {@code late}, which holds each request for the time {@code delay}, in order. */
public final class LateFilterBundle implements BundleActivator {

    /** The factory. */
    public static final class Factory implements BlockFilterFactory {
        @Override
        public String type() {
            return "late";
        }

        @Override
        public List<BlockOption> options() {
            return List.of(new BlockOption("delay", BlockOption.Kind.DURATION, true, "how long a request is held"));
        }

        @Override
        public BlockFilter open(FilterContext context, Map<String, Object> options) throws IOException {
            Late filter = new Late(context);
            filter.configure(options);
            return filter;
        }
    }

    /**
     * A held request.
     *
     * @param since the moment from which it is held (ns)
     */
    public record Held(BlockRequest request, long since) {}

    /** The filter. Thread-safe. */
    public static final class Late implements BlockFilter {
        private final FilterContext context;
        private final Timer timer;

        // guarded by this
        private final Queue<Held> held = new ArrayDeque<>();
        private long delayNanos;
        private boolean isPassing;

        Late(FilterContext context) {
            this.context = context;
            timer = context.clock().timer(this::passDue);
        }

        @Override
        public BlockDevice next() {
            return context.next();
        }

        @Override
        public void submit(BlockRequest request) {
            synchronized (this) {
                held.add(new Held(request, context.clock().nanoTime()));
            }
            passDue();
        }

        @Override
        public void configure(Map<String, Object> options) throws IOException {
            if (!(options.get("delay") instanceof Long nanos) || nanos < 0) {
                throw new IOException("delay = " + options.get("delay") + ": must be 0 or more");
            }
            synchronized (this) {
                delayNanos = nanos;
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

        /** Passes on the requests that are due, in order. One thread at a time does it. */
        private void passDue() {
            for (Held next = nextDue(); next != null; next = nextDue()) {
                next().submit(new ForwardedRequest(next.request));
                synchronized (this) {
                    isPassing = false;
                }
            }
        }

        private synchronized Held nextDue() {
            Held next = held.peek();
            if (next == null || isPassing) {
                return null;
            }
            long due = next.since + delayNanos;
            if (delayNanos > 0 && due - context.clock().nanoTime() > 0) {
                timer.arm(due);
                return null;
            }
            isPassing = true;
            return held.remove();
        }

        @Override
        public synchronized List<HeldRequest> held() {
            return held.stream()
                    .map(each -> HeldRequest.of(each.request, "late", each.since, each.since + delayNanos))
                    .toList();
        }

        @Override
        public void close() {
            timer.disarm();
        }
    }

    @Override
    public void start(BundleContext context) {
        context.registerService(BlockFilterFactory.class, new Factory(), null);
    }

    @Override
    public void stop(BundleContext context) {
        // the framework unregisters its service
    }

    /** Writes the bundle to a file. */
    static void write(Path jar, String version) throws IOException {
        String range = ";version=\"[1,2)\"";
        new TestBundle(
                        "test-late",
                        version,
                        LateFilterBundle.class,
                        "dev.weir.block" + range + ",dev.weir.block.filter" + range + ",dev.weir.clock" + range,
                        List.of(Factory.class, Held.class, Late.class))
                .write(jar);
    }
}
