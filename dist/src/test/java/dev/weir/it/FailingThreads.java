package dev.weir.it;

import dev.weir.supervision.Supervision;
import java.io.IOException;
import java.nio.file.Path;
import java.util.List;
import org.osgi.framework.BundleActivator;
import org.osgi.framework.BundleContext;

/** A bundle with a supervised thread that always fails, and a plain thread that ends with an error. */
public final class FailingThreads implements BundleActivator {

    @Override
    public void start(BundleContext context) {
        new Thread(() -> fail("own"), "bundle-own").start();
        Supervision.thread("bundle-supervised", () -> fail("supervised"), (message, cause) -> {})
                .start();
    }

    private static boolean fail(String whose) {
        throw new OutOfMemoryError("of the test's " + whose + " thread");
    }

    @Override
    public void stop(BundleContext context) {
        // the threads have ended
    }

    /** Writes the bundle to a file. */
    static void write(Path jar) throws IOException {
        String imports = "dev.weir.supervision;version=\"[1,2)\"";
        new TestBundle("test-failing-threads", "1.0.0", FailingThreads.class, imports, List.of()).write(jar);
    }
}
