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
 * Time that Weir does not see, and time that is wrong: a process that is suspended, as by a collector or a machine that sleeps
 * ({@code -Dweir.suspend.seconds=10} for longer), and a system clock that jumps. Neither is a loophole, and nothing hangs.
 */
class TimeIT {
    private static final int SUSPENDED_SECONDS = Integer.getInteger("weir.suspend.seconds", 2);
    private static final int WATCHED_SECONDS = 2;
    private static final double RATE = 4 << 20;

    /** What is seen at least of a rate by a client on a machine that has other things to do. */
    private static final double SEEN = 0.5;

    private static final Path FAKETIME = Path.of("/usr/lib/x86_64-linux-gnu/faketime/libfaketime.so.1");

    /** What each drive may do from a moment on: its rate, and what it may do at once, in seconds of that rate. */
    private record Rule(double bytesPerSecond, double onceSeconds) {

        double allowed(double seconds) {
            return bytesPerSecond * (seconds + onceSeconds) + SaturatingClient.BLOCK;
        }

        /** What has been done of that, if {@code before} of the answers were for what was done before. */
        double share(List<Double> answers, int before) {
            double most = 0;
            for (int i = before; i < answers.size(); i++) {
                most = Math.max(most, (i + 1 - before) * (double) SaturatingClient.BLOCK / allowed(answers.get(i)));
            }
            return most;
        }
    }

    /** Buckets hold a tenth of a second's worth, also at the rate of a burst; of slices two may meet. */
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
        /** Has it happen, and returns the moment from which on what is let go counts. */
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

    /** Returns how many days the clock is ahead that Weir sees. */
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
     * Saturates every drive, has something happen to time, and looks at what was let go after that.
     *
     * @param before how many of the answers that come then may be of what was let go before
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
            clients.forEach((drive, client) -> check(drive, client.secondsAfter(since), before));
            clients.forEach((drive, client) -> assertEquals("", client.failure(), drive));
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
