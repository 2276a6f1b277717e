package dev.weir.it;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The formats of a scrape as the bundles of a running Weir offer them. */
class MetricsFormatIT {
    private static final Pattern ADDRESS = Pattern.compile("metrics are at (http:\\S+)");

    @TempDir
    private Path home;

    @Test
    void protobufIsLoadedWhenAskedFor() throws IOException {
        Path jcmd = Path.of(System.getProperty("java.home"), "bin", "jcmd");
        assumeTrue(Files.isExecutable(jcmd), "needs jcmd");
        Files.writeString(
                home.resolve("weir.conf"),
                "weir { metrics.listen = \"tcp:127.0.0.1:0\", drives.vm1.backend { type = memory, size = 1M } }");
        try (Weir weir = Weir.start(home)) {
            weir.awaitLogged("metrics are at", 0);
            Matcher address = ADDRESS.matcher(weir.log());
            assertTrue(address.find(), weir::log);
            assertTrue(scrape(address.group(1), "text/plain").startsWith("text/plain"));
            assertEquals(List.of(), messages(jcmd, weir));
            String type = scrape(
                    address.group(1),
                    "application/vnd.google.protobuf;proto=io.prometheus.client.MetricFamily;encoding=delimited");
            assertTrue(type.startsWith("application/vnd.google.protobuf"), type);
            assertFalse(messages(jcmd, weir).isEmpty());
        }
    }

    /** Returns the type of the answer, which names the drive. */
    private String scrape(String address, String accept) throws IOException {
        Path body = home.resolve("scrape");
        String type = Client.run(
                        "curl",
                        "-s",
                        "-o",
                        body.toString(),
                        "-w",
                        "%{content_type}",
                        "-H",
                        "Accept: " + accept,
                        address)
                .ok()
                .out();
        assertTrue(Files.readString(body, StandardCharsets.ISO_8859_1).contains("vm1"), type);
        return type;
    }

    /** Returns the classes of messages that have objects. */
    private static List<String> messages(Path jcmd, Weir weir) {
        String classes = Client.run(jcmd.toString(), Long.toString(weir.pid()), "GC.class_histogram")
                .ok()
                .out();
        assertTrue(classes.contains("dev.weir.engine.Engine"), "no histogram");
        return classes.lines()
                .filter(line -> line.contains("metrics.shaded.") || line.contains("expositionformats.generated."))
                .toList();
    }
}
