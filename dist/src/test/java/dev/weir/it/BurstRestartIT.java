package dev.weir.it;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.nio.file.Path;
import java.time.Instant;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/**
 * A restart refills no burst: a client at full speed gets the rate, one burst and the charges of a second at most, in
 * all processes together. {@code -Dweir.restarts=100} kills and stops Weir a hundred times each instead of four times.
 */
class BurstRestartIT {
    private static final int RESTARTS = Integer.getInteger("weir.restarts", 4);
    private static final long RATE = 1 << 16;
    private static final long BURST_RATE = 8 << 20;
    private static final long BURST_SECONDS = 4;
    private static final long BURST_BYTES = BURST_RATE * BURST_SECONDS;

    private long bytes;

    @Test
    void killsAndStopsRefillNoBurst(@TempDir Path folder) throws Exception {
        Path home = folder.resolve("home");
        String drive =
                "id=vm1,memory=16M,bps=%d,bps_max=%d,bps_max_length=%d".formatted(RATE, BURST_RATE, BURST_SECONDS);
        Random random = new Random();
        Instant begin = Instant.now();
        long upMillis = 0;
        // a restart could refill a used burst only, and a busy machine uses it late
        for (int i = 0; i < 2 * RESTARTS || (bytes < BURST_BYTES && i < 8 * RESTARTS); i++) {
            boolean killed = i % 2 == 0;
            try (Weir weir = Weir.start(home, "-drive", drive)) {
                long millis = 1_000L + random.nextInt(1_000);
                upMillis += millis;
                use(weir, millis, killed);
            }
        }
        double seconds = (Instant.now().toEpochMilli() - begin.toEpochMilli()) / 1e3;
        double most = RATE * seconds + BURST_BYTES + BURST_RATE;
        assertTrue(bytes <= most, () -> bytes + " bytes in " + seconds + " s are more than " + most);
        double least = RATE * (upMillis / 1e3) / 2;
        assertTrue(bytes >= least, () -> bytes + " bytes in " + seconds + " s are less than " + least);
        assertTrue(bytes >= BURST_BYTES, () -> bytes + " bytes are no burst");
        System.out.printf(
                "%d kills and %d stops in %.0f s: %d MiB, allowed are %.0f MiB%n",
                RESTARTS, RESTARTS, seconds, bytes >> 20, most / (1 << 20));
    }

    private void use(Weir weir, long millis, boolean killed) throws IOException, InterruptedException {
        long begin = System.nanoTime();
        SaturatingClient client = new SaturatingClient(weir, "vm1");
        try (client) {
            Thread.sleep(millis);
            if (killed) {
                weir.kill();
                weir.awaitEnd();
            } else {
                assertEquals(0, weir.stop());
            }
        }
        bytes += (long) client.secondsAfter(begin).size() * SaturatingClient.BLOCK;
    }
}
