package dev.weir;

import static org.junit.jupiter.api.Assertions.assertEquals;

import aQute.bnd.differ.Baseline;
import aQute.bnd.differ.Baseline.Info;
import aQute.bnd.differ.DiffPluginImpl;
import aQute.bnd.osgi.Jar;
import aQute.bnd.osgi.Processor;
import java.io.File;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import org.junit.jupiter.api.Test;

/**
 * Compares the API with the last release by OSGi's rules of semantic versioning, package by package. CONTRIBUTING.md
 * explains when the baseline is replaced. See {@code docs/design/decisions/017-api-baseline.md}.
 */
class ApiBaselineTest {
    private static final File NOW = new File("target/classes");
    private static final File BASELINE = new File("src/test/baseline/weir-api.jar");
    private static final String THROTTLE = "dev.weir.throttle";

    /** Returns the verdict by package: the version that it needs, or that it is fine. */
    private static Map<String, String> compare(Jar now, Jar baseline) throws Exception {
        Map<String, String> findings = new TreeMap<>();
        try (Processor processor = new Processor()) {
            for (Info info : new Baseline(processor, new DiffPluginImpl()).baseline(now, baseline, null)) {
                findings.put(
                        info.packageName,
                        info.mismatch
                                ? "is %s and must be %s or more, for this is a %s change: %s"
                                        .formatted(
                                                info.newerVersion,
                                                info.suggestedVersion,
                                                info.packageDiff.getDelta(),
                                                info.packageDiff)
                                : "fine");
            }
        }
        return findings;
    }

    private static Map<String, String> allFine() {
        Map<String, String> fine = new TreeMap<>();
        for (String name : List.of(
                "access",
                "block",
                "block.filter",
                "clock",
                "cluster",
                "drive",
                "drive.control",
                "drive.definition",
                "drive.export",
                "drive.settings",
                "event",
                "file",
                "fault",
                "log",
                "memory",
                "supervision",
                "throttle",
                "throttle.arithmetic",
                "unit")) {
            fine.put("dev.weir." + name, "fine");
        }
        return fine;
    }

    @Test
    void packageVersionsMatchTheirChanges() throws Exception {
        try (Jar now = new Jar(NOW);
                Jar baseline = new Jar(BASELINE)) {
            assertEquals(allFine(), compare(now, baseline));
        }
    }

    @Test
    void removalIsAMajorChange() throws Exception {
        try (Jar now = new Jar(NOW);
                Jar without = new Jar(NOW)) {
            without.remove("dev/weir/throttle/LimitFault.class");
            String finding = compare(without, now).get(THROTTLE);
            assertEquals(true, finding.contains("must be 2.0.0 or more, for this is a MAJOR change"), finding);
        }
    }

    @Test
    void additionIsAMinorChange() throws Exception {
        try (Jar now = new Jar(NOW);
                Jar before = new Jar(NOW)) {
            before.remove("dev/weir/throttle/LimitFault.class");
            String finding = compare(now, before).get(THROTTLE);
            assertEquals(true, finding.contains("for this is a MINOR change"), finding);
        }
    }
}
