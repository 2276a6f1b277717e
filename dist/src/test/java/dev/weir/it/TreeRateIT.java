package dev.weir.it;

import static org.junit.jupiter.api.Assertions.assertEquals;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/**
 * Weights, minima and limits of three levels hold under full demand. fio makes it and Weir's counters give the rates,
 * as in {@link RateIT}. All trees are measured at the same time.
 */
@Tag(Client.ALONE)
class TreeRateIT {
    private static final double SHARE_TOLERANCE = 0.02;
    private static final double LIMIT_TOLERANCE = 0.005;
    private static final int SAMPLES = 48;
    private static final int BLOCK = 4096;

    private static final List<String> DRIVES =
            List.of("weight-1", "weight-2", "weight-4", "kept", "greedy-1", "greedy-2", "low", "middle", "high");

    private static final String TREES =
            """
            weir.groups {
              weights { limits { iops = 700 } }
              minimum { limits { iops = 1000 } }
              top { limits { iops = 800 } }
              tenant { parent = top, limits { iops = 300 } }
            }
            weir.drives {
              weight-1 { group = weights, weight = 1 }
              weight-2 { group = weights, weight = 2 }
              weight-4 { group = weights, weight = 4 }
              kept { group = minimum, min { iops = 300 } }
              greedy-1 { group = minimum, weight = 10 }
              greedy-2 { group = minimum, weight = 10 }
              low { group = tenant, limits { iops = 100 } }
              middle { group = tenant }
              high { group = top }
            }
            """;

    private static DriveRates rates;

    @BeforeAll
    static void measure(@TempDir Path home) throws IOException, InterruptedException {
        if (!Client.hasFio()) {
            return;
        }
        StringBuilder configuration = new StringBuilder(TREES);
        DRIVES.forEach(drive ->
                configuration.append("weir.drives.%s.backend { type = memory, size = 4M }%n".formatted(drive)));
        Path file = Files.writeString(home.resolve("weir.conf"), configuration);
        try (Weir weir = Weir.start(home, "--config", file.toString());
                FioLoad load = FioLoad.start(home.resolve("fio"), jobs(weir))) {
            // the slowest has used up the burst of 100 ms
            DRIVES.forEach(drive -> weir.await(() ->
                    DriveRates.bytes(weir.ask("drive " + drive + " --json").object()) > 100 * BLOCK));
            rates = new DriveRates(weir, SAMPLES);
            load.stop();
        }
    }

    private static String jobs(Weir weir) {
        StringBuilder jobs = new StringBuilder();
        DRIVES.forEach(drive -> jobs.append(
                "[%s]%nuri=%s%nrw=randread%nbs=%d%nsize=4m%niodepth=128%n%n".formatted(drive, weir.uri(drive), BLOCK)));
        return jobs.toString();
    }

    @BeforeEach
    void needFio() {
        Client.needFio();
    }

    private static double iops(String... drives) {
        double iops = rates.median(drives) / BLOCK;
        System.out.printf("%.1f requests/s: %s%n", iops, String.join(" + ", drives));
        return iops;
    }

    @ParameterizedTest
    @CsvSource({"weight-1, 100", "weight-2, 200", "weight-4, 400"})
    void weightsDivideTheLimit(String drive, double expected) {
        assertEquals(1, iops(drive) / expected, SHARE_TOLERANCE);
    }

    @Test
    void minimumIsKeptBesideGreedyNeighbours() {
        assertEquals(1, iops("kept") / 300, SHARE_TOLERANCE);
        assertEquals(1, iops("greedy-1") / 350, SHARE_TOLERANCE);
        assertEquals(1, iops("greedy-2") / 350, SHARE_TOLERANCE);
    }

    @Test
    void threeLevelsHoldAtOnce() {
        assertEquals(1, iops("low") / 100, LIMIT_TOLERANCE);
        assertEquals(1, iops("low", "middle") / 300, LIMIT_TOLERANCE);
        assertEquals(1, iops("low", "middle", "high") / 800, LIMIT_TOLERANCE);
    }
}
