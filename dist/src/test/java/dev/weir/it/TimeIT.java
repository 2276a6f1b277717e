package dev.weir.it;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/**
 * Suspended processes and wall-clock jumps are no loophole and hang nothing. {@code -Dweir.suspend.seconds=10}
 * suspends longer.
 */
class TimeIT {
    private static final int SUSPENDED_SECONDS = Integer.getInteger("weir.suspend.seconds", 2);
    private static final int WATCHED_SECONDS = 2;
    private static final double RATE = 4 << 20;

    /** The least share of a rate that a client must see on a busy machine. */
    private static final double SEEN = 0.5;

    private static final Path FAKETIME = Path.of("/usr/lib/x86_64-linux-gnu/faketime/libfaketime.so.1");

    /** The rate of a drive from a moment on, and its burst in seconds of that rate. */
    private record Rule(double bytesPerSecond, double onceSeconds) {

        double allowed(double seconds) {
            return bytesPerSecond * (seconds + onceSeconds) + SaturatingClient.BLOCK;
        }

        /** Returns the released share, if {@code before} replies belong to earlier releases. */
        double share(List<Double> answers, int before) {
            double most = 0;
            for (int i = before; i < answers.size(); i++) {
                most = Math.max(most, (i + 1 - before) * (double) SaturatingClient.BLOCK / allowed(answers.get(i)));
            }
            return most;
        }
    }

    /** Buckets hold 100 ms worth, also at the burst rate; two slices may meet. */
    private static final Map<String, Rule> RULES = Map.of(
            "bucket", new Rule(RATE, 0.1),
            "slice", new Rule(RATE, 0.2),
            "member", new Rule(RATE, 0.1),
            "burst", new Rule(2 * RATE, 0.1));

    private static final String CONFIGURATION =
            """
            weir.groups.shared { limits.bps = 4MiB }
            weir.drives {
              bucket { backend { type = memory, size = 1MiB }, limits.bps = 4MiB }
              slice { backend { type = memory, size = 1MiB }, policy = slice, limits.bps = 4MiB }
              member { backend { type = memory, size = 1MiB }, group = shared }
              burst { backend { type = memory, size = 1MiB }, limits { bps = 1MiB, bps_max = 8MiB, bps_max_length = 1s } }
            }
            """;

    @TempDir
    private Path folder;

    private interface Event {
        /** Triggers the event, and returns the moment from which releases count. */
        long happen() throws IOException;
    }

    @Test
    void suspensionEarnsNoCredit() throws IOException {
        try (Weir weir = Weir.launch(folder.resolve("home"), "--config", config())) {
            check(weir, 0, () -> {
                signal(weir, "-STOP");
                Weir.pause(SUSPENDED_SECONDS * 1000L);
                long since = System.nanoTime();
                signal(weir, "-CONT");
                return since;
            });
        }
    }

    @Test
    void wallClockJumpsAreIgnored() throws IOException {
        assumeTrue(Files.exists(FAKETIME), "needs libfaketime");
        Path offset = folder.resolve("offset");
        jump(offset, "+0");
        Map<String, String> faked = Map.of(
                "LD_PRELOAD",
                FAKETIME.toString(),
                "FAKETIME_TIMESTAMP_FILE",
                offset.toString(),
                "FAKETIME_CACHE_DURATION",
                "1",
                "FAKETIME_DONT_FAKE_MONOTONIC",
                "1");
        try (Weir weir = Weir.launchIn(faked, folder.resolve("home"), "--config", config())) {
            check(weir, SaturatingClient.DEPTH, () -> {
                long since = System.nanoTime();
                for (int days : List.of(10, -10)) {
                    jump(offset, "%+dd".formatted(days));
                    weir.await(() -> Math.round(daysAhead(weir)) == days);
                }
                return since;
            });
        }
    }

    private String config() throws IOException {
        return Files.writeString(folder.resolve("weir.conf"), CONFIGURATION).toString();
    }

    private static void signal(Weir weir, String signal) {
        Client.run("kill", signal, Long.toString(weir.pid())).ok();
    }

    /** Returns how far the wall clock of Weir is ahead, in days. */
    private static double daysAhead(Weir weir) {
        String millis = weir.ask("s = (($.context getBundle 0) loadClass java.lang.System); $s currentTimeMillis")
                .ok()
                .out();
        return (Long.parseLong(millis.strip()) - System.currentTimeMillis()) / 86_400_000.0;
    }

    private static void jump(Path offset, String to) throws IOException {
        Files.writeString(offset, to + "\n");
    }

    /**
     * Saturates every drive, triggers an event and checks the releases after it.
     *
     * @param before number of later replies that may belong to earlier releases
     */
    private static void check(Weir weir, int before, Event event) throws IOException {
        weir.awaitReady();
        Map<String, SaturatingClient> clients = new TreeMap<>();
        try {
            for (String drive : RULES.keySet()) {
                clients.put(drive, new SaturatingClient(weir, drive));
            }
            Weir.pause(1000);
            long since = event.happen();
            Weir.pause(WATCHED_SECONDS * 1000L);
            clients.forEach((drive, client) -> assertEquals("", client.failure(), drive));
            clients.forEach((drive, client) -> check(drive, client.secondsAfter(since), before));
        } finally {
            for (SaturatingClient client : clients.values()) {
                client.close();
            }
        }
    }

    private static void check(String drive, List<Double> answers, int before) {
        Rule rule = RULES.get(drive);
        double share = rule.share(answers, before);
        double perSecond = (double) answers.size() * SaturatingClient.BLOCK / WATCHED_SECONDS;
        System.out.printf(
                "time: %s: %.0f B/s after it, never more than %.3f of what is allowed%n", drive, perSecond, share);
        assertTrue(share <= 1, drive + " did " + share + " of what it may");
        assertTrue(perSecond >= SEEN * Math.min(rule.bytesPerSecond(), RATE / 4), drive + " did " + perSecond);
    }
}
