package dev.weir.it;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import java.io.File;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.condition.DisabledIfSystemProperty;
import org.junit.jupiter.api.io.TempDir;

/** The features of the distribution in Apache Karaf, see docs/guides/other-frameworks.md. */
class KarafIT {
    private static final String VERSION = "4.4.8";
    private static final Path SOURCES = Path.of("").toAbsolutePath().getParent();
    private static final Path ARCHIVE =
            SOURCES.resolve("target/karaf/apache-karaf-minimal-%s.tar.gz".formatted(VERSION));
    private static final Path DISTRIBUTION = Path.of(System.getProperty("weir.folder"));
    private static final Pattern LOCATION = Pattern.compile(">file:weir/([^<]*)<");
    private static final int MEBIBYTE = 1 << 20;

    @TempDir
    private Path karaf;

    @Test
    void featuresNameTheShippedBundles() throws IOException {
        String features = Files.readString(DISTRIBUTION.resolve("karaf/features.xml"));
        List<String> named = LOCATION.matcher(features)
                .results()
                .map(match -> match.group(1))
                .toList();
        for (String jar : named) {
            assertTrue(Files.exists(DISTRIBUTION.resolve(jar)), () -> "the distribution has no " + jar);
        }
        List<String> missing = new ArrayList<>();
        try (Stream<Path> jars = Files.walk(DISTRIBUTION.resolve("bundles"))) {
            jars.filter(jar -> jar.getFileName().toString().matches("weir-(?!metrics-|shell-).*"))
                    .map(jar -> DISTRIBUTION.relativize(jar).toString())
                    .filter(jar -> !named.contains(jar))
                    .forEach(missing::add);
        }
        assertEquals(List.of(), missing);
    }

    @Test
    @DisabledIfSystemProperty(named = "weir.again", matches = "true", disabledReason = Client.ONCE)
    void karafServesADriveWithALimit() throws IOException, InterruptedException {
        unpack();
        Path link = Files.createSymbolicLink(karaf.resolve("weir"), DISTRIBUTION);
        Path socket = karaf.resolve("nbd.sock");
        write(
                "org.apache.karaf.features.cfg",
                "featuresRepositories = file:weir/karaf/features.xml\nfeaturesBoot = weir");
        write("weir.nbd.config", "listen=[\"unix:%s\"]".formatted(socket));
        write(
                "weir.drive-vm1.config",
                "weir.drive.name=\"vm1\"\nbackend.type=\"memory\"\nbackend.size=L\"%1$d\"\nlimits.bps=L\"%1$d\""
                        .formatted(MEBIBYTE));
        Process process = start();
        try {
            awaitDrive(process, socket);
            Instant start = Instant.now();
            try (RawNbd client = new RawNbd(socket, "vm1")) {
                client.read(0, MEBIBYTE);
                client.read(0, MEBIBYTE); // held until the debt of the first is paid
            }
            Duration taken = Duration.between(start, Instant.now());
            assertTrue(taken.toMillis() >= 500, () -> "the limit does not hold: 2 MiB in " + taken);
        } finally {
            process.destroy();
            if (!process.waitFor(60, TimeUnit.SECONDS)) {
                process.destroyForcibly();
            }
            Files.delete(link);
        }
    }

    private void unpack() {
        Client.need("tar");
        if (Files.notExists(ARCHIVE)) {
            ProcessBuilder copy = new ProcessBuilder(
                    "./mvnw",
                    "-q",
                    "-B",
                    "-N",
                    "org.apache.maven.plugins:maven-dependency-plugin:copy",
                    "-Dartifact=org.apache.karaf:apache-karaf-minimal:%s:tar.gz".formatted(VERSION),
                    "-DoutputDirectory=" + ARCHIVE.getParent());
            copy.directory(SOURCES.toFile());
            assumeTrue(
                    Client.run(copy, "", 300).status() == 0,
                    "needs Apache Karaf %s from Maven Central".formatted(VERSION));
        }
        Client.run("tar", "-xf", ARCHIVE.toString(), "--strip-components=1", "-C", karaf.toString())
                .ok();
    }

    private void write(String name, String text) throws IOException {
        Files.writeString(karaf.resolve("etc").resolve(name), text + "\n");
    }

    private Process start() throws IOException {
        ProcessBuilder builder = new ProcessBuilder(karaf.resolve("bin/karaf").toString(), "daemon");
        builder.environment().keySet().removeIf(name -> name.startsWith("KARAF_"));
        builder.environment().put("JAVA_HOME", System.getProperty("java.home"));
        builder.environment().put("JAVA_OPTS", "-XX:TieredStopAtLevel=1 -XX:+UseSerialGC");
        File out = karaf.resolve("out.log").toFile();
        return builder.redirectErrorStream(true).redirectOutput(out).start();
    }

    private void awaitDrive(Process process, Path socket) throws IOException {
        Instant deadline = Instant.now().plusSeconds(120);
        while (!serves(socket)) {
            if (!process.isAlive() || Instant.now().isAfter(deadline)) {
                throw new AssertionError("no drive: "
                        + Client.run("cat", karaf + "/out.log", karaf + "/data/log/karaf.log")
                                .out());
            }
            Weir.pause(100);
        }
    }

    /** Returns whether vm1 is served; a server without it closes the connection. */
    private static boolean serves(Path socket) {
        try {
            return RawNbd.size(socket, "vm1") == MEBIBYTE;
        } catch (IOException e) {
            return false;
        }
    }
}
