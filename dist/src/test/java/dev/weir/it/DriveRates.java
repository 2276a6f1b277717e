package dev.weir.it;

import com.typesafe.config.Config;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.IntStream;
import java.util.stream.Stream;

/**
 * The rates of drives by Weir's counters, sampled while clients use them. A rate is the median over windows of three
 * seconds, so that a stall of the machine spoils few of them.
 */
final class DriveRates {
    private static final int SAMPLE_MILLIS = 250;

    /** The length of a window in samples. */
    private static final int WINDOW = 12;

    private final List<Map<String, Sample>> samples = new ArrayList<>();

    /**
     * The work of a drive up to a moment.
     *
     * @param bytes the bytes of completed reads and writes
     */
    private record Sample(Instant time, long bytes) {
        double since(Sample begin) {
            return (bytes - begin.bytes)
                    * 1e9
                    / Duration.between(begin.time, time).toNanos();
        }
    }

    /** Samples all drives every {@value #SAMPLE_MILLIS} ms. Returns after the last of the samples. */
    DriveRates(Weir weir, int count) throws InterruptedException {
        for (int i = 0; i < count; i++) {
            samples.add(sample(weir));
            Weir.pause(SAMPLE_MILLIS);
        }
    }

    private static Map<String, Sample> sample(Weir weir) {
        Map<String, Sample> sample = new HashMap<>();
        for (Config drive : weir.ask("drives --json").json()) {
            sample.put(drive.getString("name"), new Sample(Instant.parse(drive.getString("time")), bytes(drive)));
        }
        return sample;
    }

    /** Returns the bytes of completed reads and writes of a drive. */
    static long bytes(Config drive) {
        return drive.getLong("counters.read_bytes") + drive.getLong("counters.write_bytes");
    }

    /** Returns the median rate of some drives together in bytes per second. */
    double median(String... drives) {
        return IntStream.range(WINDOW, samples.size())
                .mapToDouble(end -> Stream.of(drives)
                        .mapToDouble(drive -> samples.get(end)
                                .get(drive)
                                .since(samples.get(end - WINDOW).get(drive)))
                        .sum())
                .sorted()
                .skip((samples.size() - WINDOW) / 2)
                .findFirst()
                .orElseThrow();
    }
}
