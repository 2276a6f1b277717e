package dev.weir.it;

import static org.junit.jupiter.api.Assertions.assertEquals;

import com.typesafe.config.Config;
import com.typesafe.config.ConfigFactory;
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

/**
 * fio measures the configured rates. All cases run at the same time, each on its own drive, with limits far below the
 * capacity of the machine. The first second is excluded because it contains the burst of 100 ms that every limit
 * allows. A run takes ten seconds because the slice policy admits a slice at once: one slice more or less is then one
 * percent.
 */
@Tag(Client.ALONE)
class RateIT {
    private static final double TOLERANCE = 0.02;
    private static final long MIB = 1 << 20;

    /** The program behind each kind of storage. */
    private static final Map<String, String> PROGRAMS = Map.of("nbd", "nbdkit", "qemu", "qemu-storage-daemon");

    private static final Map<String, Double> MEASURED = new HashMap<>();

    /**
     * A drive and a fio job.
     *
     * @param storage memory, or a backend with another server behind it
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
            this("memory", policy, limits, readOrWrite, blockBytes, asked, bytesPerSecond);
        }

        String drive() {
            return "%s-%s-%s-%s-%d".formatted(storage, policy, limits.replaceAll("[=,]", "-"), readOrWrite, blockBytes);
        }

        boolean isPossible() {
            String program = PROGRAMS.get(storage);
            return program == null || Client.find(program).isPresent();
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
        for (String storage : List.of("nbd", "qemu")) {
            cases.add(new Case(storage, "bucket", "bps=10M", "read", 65536, "", 10 * MIB));
            cases.add(new Case(storage, "bucket", "iops=200", "write", 4096, "", 200 * 4096));
            cases.add(new Case(storage, "slice", "iops=200", "read", 4096, "", 200 * 4096));
        }
        return cases;
    }

    private static List<Case> possibleCases() {
        return cases().stream().filter(Case::isPossible).toList();
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
    static void measure(@TempDir Path home) throws IOException {
        if (!Client.hasFio()) {
            return;
        }
        if (Client.find("nbdkit").isEmpty()) {
            measure(home, "");
            return;
        }
        try (FarServer far = FarServer.nbdkit(home.resolve("far.sock"), "4M")) {
            measure(home, far.uri());
        }
    }

    private static void measure(Path home, String farUri) throws IOException {
        List<String> arguments = new ArrayList<>();
        for (Case one : possibleCases()) {
            String storage =
                    switch (one.storage()) {
                        case "nbd" -> "uri=" + farUri;
                        case "qemu" -> "size=4M,format=qcow2,file=" + home.resolve(one.drive() + ".qcow2");
                        default -> "memory=4M";
                    };
            arguments.addAll(List.of(
                    "-drive", "id=%s,%s,policy=%s,%s".formatted(one.drive(), storage, one.policy(), one.limits())));
        }
        try (Weir weir = Weir.start(home, arguments.toArray(String[]::new))) {
            Path job = Files.writeString(home.resolve("rates.fio"), job(weir));
            String json = Client.run("fio", "--output-format=json", job.toString())
                    .ok()
                    .out();
            for (Config result :
                    ConfigFactory.parseString(json.substring(json.indexOf('{'))).getConfigList("jobs")) {
                MEASURED.put(
                        result.getString("jobname"),
                        result.getDouble("read.bw_bytes") + result.getDouble("write.bw_bytes"));
            }
        }
    }

    private static String job(Weir weir) {
        StringBuilder job = new StringBuilder(
                """
                [global]
                ioengine=nbd
                thread
                size=4m
                iodepth=8
                time_based
                ramp_time=1
                runtime=10
                """);
        for (Case one : possibleCases()) {
            job.append(
                    """

                    [%s]
                    uri=%s
                    rw=rand%s
                    bs=%d
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
        Client.need(PROGRAMS.getOrDefault(one.storage(), "fio"));
        double measured = MEASURED.get(one.drive());
        assertEquals(one.bytesPerSecond(), measured, TOLERANCE * one.bytesPerSecond(), "bytes/s");
    }
}
