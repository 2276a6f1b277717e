package dev.weir.it;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assumptions.assumeFalse;

import com.typesafe.config.Config;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import org.opentest4j.TestAbortedException;

/**
 * Drives keep their rates under full demand. All cases run at the same time, each on its own drive, with limits far
 * below the capacity of the machine. fio makes the demand. Its queues hold over 300 ms worth of requests, so that it
 * may pause. Weir's counters give the rate, because fio counts replies at the time at which it gets a processor.
 */
@Tag(Client.ALONE)
class RateIT {
    private static final double SLICE_TOLERANCE = 0.01;
    private static final double BUCKET_TOLERANCE = 0.005;
    private static final int SAMPLES = 60;
    private static final long MIB = 1 << 20;

    /** The storage of other projects. */
    private static final List<Storage.Kind> STORAGES = List.of(
            Storage.Kind.QCOW2_OVERLAY,
            Storage.Kind.LOOP_DEVICE,
            Storage.Kind.NBDKIT,
            Storage.Kind.WEIR,
            Storage.Kind.HTTP);

    private static final String MEMORY = "MEMORY";

    private static final Map<String, Double> MEASURED = new HashMap<>();

    /** The reasons by drive for which this machine cannot measure it. */
    private static final Map<String, String> IMPOSSIBLE = new HashMap<>();

    /**
     * A drive and a fio job.
     *
     * @param storage {@link #MEMORY} or a kind of {@link Storage}
     * @param limits limits as in {@code -drive}
     * @param asked fio options that limit the demand; empty for full demand
     * @param bytesPerSecond the expected rate
     */
    record Case(
            String storage,
            String policy,
            String limits,
            String readOrWrite,
            long blockBytes,
            String asked,
            double bytesPerSecond) {
        Case(String policy, String limits, String readOrWrite, long blockBytes, String asked, double bytesPerSecond) {
            this(MEMORY, policy, limits, readOrWrite, blockBytes, asked, bytesPerSecond);
        }

        String drive() {
            return "%s-%s-%s-%s-%d".formatted(storage, policy, limits.replaceAll("[=,]", "-"), readOrWrite, blockBytes);
        }

        @Override
        public String toString() {
            return "%s of %d bytes, %s, policy=%s,%s".formatted(readOrWrite, blockBytes, storage, policy, limits);
        }
    }

    static List<Case> cases() {
        List<Case> cases = new ArrayList<>();
        for (String policy : List.of("bucket", "slice")) {
            addCases(cases, policy, "read", "rd", "wr");
            addCases(cases, policy, "write", "wr", "rd");
        }
        for (Storage.Kind storage : STORAGES) {
            cases.add(new Case(storage.name(), "bucket", "bps=10M", "read", 65536, "", 10 * MIB));
        }
        for (Storage.Kind storage : List.of(Storage.Kind.QCOW2_OVERLAY, Storage.Kind.NBDKIT)) {
            cases.add(new Case(storage.name(), "bucket", "iops=200", "write", 4096, "", 200 * 4096));
            cases.add(new Case(storage.name(), "slice", "iops=200", "read", 4096, "", 200 * 4096));
        }
        return cases;
    }

    private static List<Case> possibleCases() {
        return cases().stream()
                .filter(one -> !IMPOSSIBLE.containsKey(one.drive()))
                .toList();
    }

    private static void addCases(List<Case> cases, String policy, String io, String own, String other) {
        cases.add(new Case(policy, "bps=10M", io, 65536, "", 10 * MIB));
        cases.add(new Case(policy, "bps_" + own + "=2M", io, 16384, "", 2 * MIB));
        cases.add(new Case(policy, "iops=200", io, 4096, "", 200 * 4096));
        cases.add(new Case(policy, "iops_" + own + "=150", io, 8192, "", 150 * 8192));
        // the smaller of two limits holds
        cases.add(new Case(policy, "bps=2M,iops=200", io, 65536, "", 2 * MIB));
        cases.add(new Case(policy, "bps=2M,iops=200", io, 4096, "", 200 * 4096));
        cases.add(new Case(policy, "bps=4M,bps_" + own + "=2M", io, 16384, "", 2 * MIB));
        // a limit of one direction does not affect the other
        cases.add(new Case(policy, "bps_" + other + "=1M", io, 16384, "rate=4m", 4 * MIB));
        cases.add(new Case(policy, "iops_" + other + "=100", io, 4096, "rate_iops=400", 400 * 4096));
    }

    @BeforeAll
    static void measure(@TempDir Path home) throws IOException, InterruptedException {
        if (!Client.hasFio()) {
            return;
        }
        Path contents = Files.write(home.resolve("contents"), new byte[(int) Storage.BYTES]);
        List<Storage> storages = new ArrayList<>();
        try {
            StringBuilder drives = new StringBuilder("weir.drives {\n");
            for (Case one : cases()) {
                try {
                    String settings = "backend { type = memory, size = 4M }";
                    if (!one.storage().equals(MEMORY)) {
                        Path folder = Files.createDirectory(home.resolve("far-" + one.drive()));
                        Storage storage = Storage.of(Storage.Kind.valueOf(one.storage()), folder, contents);
                        storages.add(storage);
                        settings = storage.settings();
                    }
                    drives.append("%s { %s, policy = %s, limits { %s } }\n"
                            .formatted(one.drive(), settings, one.policy(), one.limits()));
                } catch (TestAbortedException e) {
                    IMPOSSIBLE.put(one.drive(), String.valueOf(e.getMessage()));
                }
            }
            measure(home, Files.writeString(home.resolve("weir.conf"), drives.append("}\n")));
        } finally {
            storages.forEach(Storage::close);
        }
    }

    private static void measure(Path home, Path configuration) throws IOException, InterruptedException {
        try (Weir weir = Weir.start(home, "--config", configuration.toString())) {
            try (FioLoad load = FioLoad.start(home.resolve("fio"), job(weir))) {
                // the burst of 100 ms that every limit allows
                possibleCases()
                        .forEach(one -> weir.await(() -> DriveRates.bytes(drive(weir, one)) > one.bytesPerSecond()));
                DriveRates rates = new DriveRates(weir, SAMPLES);
                load.stop();
                possibleCases().forEach(one -> MEASURED.put(one.drive(), rates.median(one.drive())));
                possibleCases()
                        .forEach(one -> System.out.printf(
                                "%.4f of the limit: %s%n", MEASURED.get(one.drive()) / one.bytesPerSecond(), one));
            }
        }
    }

    private static Config drive(Weir weir, Case one) {
        return weir.ask("drive " + one.drive() + " --json").object();
    }

    private static String job(Weir weir) {
        StringBuilder job = new StringBuilder();
        for (Case one : possibleCases()) {
            job.append(
                    """

                    [%s]
                    uri=%s
                    rw=rand%s
                    bs=%d
                    size=4m
                    iodepth=64
                    %s
                    """
                            .formatted(
                                    one.drive(),
                                    weir.uri(one.drive()),
                                    one.readOrWrite(),
                                    one.blockBytes(),
                                    one.asked()));
        }
        return job.toString();
    }

    @ParameterizedTest
    @MethodSource("cases")
    void measuredRateIsTheLimit(Case one) {
        Client.needFio();
        assumeFalse(IMPOSSIBLE.containsKey(one.drive()), () -> IMPOSSIBLE.get(one.drive()));
        double tolerance = one.policy().equals("slice") ? SLICE_TOLERANCE : BUCKET_TOLERANCE;
        double measured = MEASURED.get(one.drive()) / one.bytesPerSecond();
        assertEquals(1, measured, tolerance, "measured ÷ limit");
    }
}
