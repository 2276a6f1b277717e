package dev.weir.it;

import dev.weir.block.BlockDevice;
import dev.weir.block.BlockError;
import dev.weir.block.BlockOption;
import dev.weir.block.BlockRequest;
import dev.weir.block.HeldRequest;
import dev.weir.block.filter.BlockFilter;
import dev.weir.block.filter.BlockFilterFactory;
import dev.weir.block.filter.FilterContext;
import dev.weir.block.filter.ForwardedRequest;
import java.io.IOException;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import org.osgi.framework.BundleActivator;
import org.osgi.framework.BundleContext;

/** A bundle with the filter {@code odd}, which breaks the contract in a way for each block of its drive. */
public final class OddFilterBundle implements BundleActivator {
    static final int BLOCK = 4096;

    /** Blocks by what happens to their requests. */
    static final int PASSED = 0;

    static final int THROWN_AFTER_PASSED = 1;
    static final int COMPLETED_TWICE = 2;
    static final int UNREAD = 3;
    static final int KINDS = 4;

    /** The block whose requests never return. */
    static final int BLOCKED = KINDS;

    /** The factory. */
    public static final class Odd implements BlockFilterFactory {
        @Override
        public String type() {
            return "odd";
        }

        @Override
        public List<BlockOption> options() {
            return List.of();
        }

        @Override
        public BlockFilter open(FilterContext context, Map<String, Object> options) {
            return new Filter(context.next());
        }
    }

    /** The filter. */
    private record Filter(BlockDevice next) implements BlockFilter {
        @Override
        public void submit(BlockRequest request) {
            switch ((int) (request.offset() / BLOCK)) {
                case THROWN_AFTER_PASSED -> {
                    next.submit(request);
                    throw new IllegalStateException("a test");
                }
                case COMPLETED_TWICE -> next.submit(new Twice(request));
                case UNREAD -> request.complete(null);
                case BLOCKED -> endless();
                default -> next.submit(request);
            }
        }

        @Override
        public List<HeldRequest> held() {
            endless();
            return List.of();
        }

        private static void endless() {
            while (true) {
                try {
                    Thread.sleep(1000);
                } catch (InterruptedException e) {
                    // as a careless loop does
                }
            }
        }

        @Override
        public void configure(Map<String, Object> options) {}

        @Override
        public void release() {}
    }

    private static final class Twice extends ForwardedRequest {
        Twice(BlockRequest original) {
            super(original);
        }

        @Override
        protected void completed(@Nullable BlockError error) {
            original().complete(error);
            original().complete(BlockError.EIO);
        }
    }

    @Override
    public void start(BundleContext context) {
        context.registerService(BlockFilterFactory.class, new Odd(), null);
    }

    @Override
    public void stop(BundleContext context) {
        // the framework unregisters its service
    }

    /** Writes the bundle to a file. */
    static void write(Path jar) throws IOException {
        new TestBundle(
                        "test-odd",
                        "1.0.0",
                        OddFilterBundle.class,
                        "dev.weir.block;version=\"[1,2)\",dev.weir.block.filter;version=\"[1,2)\"",
                        List.of(Odd.class, Filter.class, Twice.class))
                .write(jar);
    }
}
