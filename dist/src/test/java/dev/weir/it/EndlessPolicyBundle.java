package dev.weir.it;

import dev.weir.block.Direction;
import dev.weir.throttle.LimitKey;
import dev.weir.throttle.ThrottleDebt;
import dev.weir.throttle.ThrottleLimits;
import dev.weir.throttle.ThrottlePolicy;
import dev.weir.throttle.ThrottlePolicyFactory;
import java.io.IOException;
import java.nio.file.Path;
import java.util.List;
import org.osgi.framework.BundleActivator;
import org.osgi.framework.BundleContext;

/** A bundle with the policy {@code endless}. Its query never returns and ignores interrupts. */
public final class EndlessPolicyBundle implements BundleActivator {

    /** The factory and its policy. */
    public static final class Endless implements ThrottlePolicyFactory, ThrottlePolicy {
        @Override
        public String type() {
            return "endless";
        }

        @Override
        public ThrottlePolicy create(ThrottleLimits limits, ThrottleDebt owed, long now) {
            return this;
        }

        @Override
        public long waitNanos(LimitKey limit, Direction direction, long bytes, long now) {
            while (true) {
                try {
                    Thread.sleep(1000);
                } catch (InterruptedException e) {
                    // as a careless loop does
                }
            }
        }

        @Override
        public void charge(Direction direction, long bytes, long now) {}

        @Override
        public void reconfigure(ThrottleLimits limits, long now) {}

        @Override
        public ThrottleDebt debt(long now) {
            return ThrottleDebt.NONE;
        }
    }

    @Override
    public void start(BundleContext context) {
        context.registerService(ThrottlePolicyFactory.class, new Endless(), null);
    }

    @Override
    public void stop(BundleContext context) {
        // the framework unregisters its service
    }

    /** Writes the bundle to a file. */
    static void write(Path jar) throws IOException {
        new TestBundle(
                        "test-endless",
                        "1.0.0",
                        EndlessPolicyBundle.class,
                        "dev.weir.throttle;version=\"[1,2)\",dev.weir.block;version=\"[1,2)\"",
                        List.of(Endless.class))
                .write(jar);
    }
}
