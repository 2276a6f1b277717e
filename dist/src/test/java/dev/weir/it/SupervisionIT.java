package dev.weir.it;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Threads that fail with an error. */
class SupervisionIT {
    @TempDir
    private Path home;

    @Test
    void lostThreadStopsTheProcessInOrder() throws IOException {
        try (Weir weir = Weir.start(home, "-drive", "id=vm1,memory=1M")) {
            FailingThreads.write(home.resolve("deploy/failing.jar"));
            weir.awaitLogged("thread bundle-own ended with an exception", 0);
            String failing = "unhealthy: bundle-supervised fails (";
            weir.await(() -> weir.status().contains(failing));
            assertEquals(1, weir.awaitEnd());
            String log = weir.log();
            assertTrue(
                    log.contains(
                            "unhealthy, so Weir stops: thread bundle-supervised failed 40 times in a row, at last with"
                                    + " java.lang.OutOfMemoryError: of the test's supervised thread"),
                    log);
            assertTrue(log.endsWith("has stopped\n"), log);
        }
    }
}
