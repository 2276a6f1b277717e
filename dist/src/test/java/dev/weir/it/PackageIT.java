package dev.weir.it;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.condition.DisabledIfSystemProperty;
import org.junit.jupiter.api.io.TempDir;

/** The archive and the Debian package run, and every build of the same sources gives the same bytes. */
class PackageIT {
    private static final Path TARGET =
            Path.of(System.getProperty("weir.folder")).getParent();
    private static final Path SOURCES = TARGET.getParent().getParent();
    private static final String VERSION = System.getProperty("weir.version");
    private static final Path ARCHIVE = TARGET.resolve("weir-%s.tar.gz".formatted(VERSION));
    private static final Path PACKAGE =
            TARGET.resolve("weir_%s_all.deb".formatted(VERSION.replace("-SNAPSHOT", "~SNAPSHOT")));
    private static final Path SBOM = TARGET.resolve("weir-%s-sbom.cdx.json".formatted(VERSION));

    @TempDir
    private Path folder;

    private static boolean isRoot() {
        return "root".equals(System.getProperty("user.name"));
    }

    @Test
    void archiveRunsAnywhere() throws IOException {
        Client.need("tar", "nbdinfo");
        Client.run("tar", "-xf", ARCHIVE.toString(), "-C", folder.toString()).ok();
        Path unpacked = folder.resolve("weir-" + VERSION);
        assertTrue(Files.exists(unpacked.resolve("LICENSE")));
        Path home = folder.resolve("home");
        try (Weir weir = Weir.startIn(unpacked, home, "-drive", "id=vm1,memory=1M")) {
            assertEquals(
                    "1048576",
                    Client.run("nbdinfo", "--size", weir.uri("vm1")).ok().out().strip());
            assertEquals(0, weir.stop());
        }
        String version = Client.run(unpacked.resolve("bin/weir").toString(), "--version")
                .ok()
                .out();
        assertEquals("weir " + VERSION, version.strip());
    }

    @Test
    void packageInstallsServesAndPurges() throws IOException {
        Client.need("dpkg", "unshare", "runuser", "nbdcopy", "nbdinfo", "man");
        assumeTrue(isRoot(), "needs root, for a root folder of its own");
        assertEquals("installed, served, removed", inItsOwnRoot("install-and-serve.sh", PACKAGE.toString()));
    }

    /** Builds the image of docs/guides/containers.md as far as possible without a container engine. */
    @Test
    void dockerfileOfTheGuideServes() throws IOException {
        Client.need("unshare", "setpriv", "nbdinfo", "java");
        assumeTrue(isRoot(), "needs root, for a root folder of its own");
        String dockerfile = DocPage.read(SOURCES.resolve("docs/guides/containers.md")).blocks().stream()
                .filter(block -> block.language().equals("dockerfile"))
                .map(DocPage.Block::text)
                .findFirst()
                .orElseThrow();
        Path file = Files.writeString(folder.resolve("Dockerfile"), dockerfile);
        assertEquals("served and stopped", inItsOwnRoot("dockerfile-serves.sh", file.toString(), ARCHIVE.toString()));
    }

    /** Runs a script with arguments and a folder, and returns the last line of its output. */
    private String inItsOwnRoot(String name, String... arguments) {
        List<String> command = new ArrayList<>(List.of("unshare", "--mount", "sh"));
        command.add(Path.of("src/test/resources/package", name).toString());
        command.addAll(List.of(arguments));
        command.add(folder.toString());
        ProcessBuilder builder = new ProcessBuilder(command);
        builder.environment().put("JAVA_HOME", System.getProperty("java.home"));
        return lastLine(Client.run(builder, "", 300).ok().out());
    }

    private static String lastLine(String text) {
        return text.lines().reduce("", (first, second) -> second);
    }

    @Test
    @DisabledIfSystemProperty(named = "weir.again", matches = "true", disabledReason = Client.ONCE)
    void lintianFindsNothing() {
        Client.need("lintian");
        // Bouncy Castle's jars have classes for Java 25, which a lintian that is older does not know
        ProcessBuilder lintian = new ProcessBuilder(
                "lintian",
                "--allow-root",
                "--suppress-tags",
                "unknown-java-class-version",
                "--fail-on",
                "error,warning",
                PACKAGE.toString());
        Client.Result result = Client.run(lintian, "", 300);
        assertEquals("", result.ok().out());
    }

    /** systemd calls an exposure of 2.0 or less OK; a JVM cannot have much less. */
    @Test
    void unitIsValidAndConfined() {
        Client.need("systemd-analyze");
        String unit = "src/main/deb/weir.service";
        Client.Result result = Client.run("systemd-analyze", "security", "--offline=true", "--threshold=20", unit);
        assertEquals(0, result.status(), () -> result.out() + result.err());
    }

    @Test
    void socketsAreInThePackage() {
        Client.need("dpkg-deb");
        String files =
                Client.run("dpkg-deb", "--contents", PACKAGE.toString()).ok().out();
        for (String unit : List.of("weir.service", "weir.socket", "weir-control.socket")) {
            assertTrue(files.contains("./lib/systemd/system/" + unit + "\n"), () -> unit + " is not in\n" + files);
        }
    }

    @Test
    void billOfMaterialsIsComplete() throws IOException {
        String sbom = Files.readString(SBOM);
        String copyright = Files.readString(Path.of("src/main/deb/copyright"));
        List<Path> jars = jars();
        assertTrue(jars.size() > 10, jars::toString);
        for (Path jar : jars) {
            String name = jar.getFileName().toString();
            String artifact = name.replaceFirst("-[0-9].*", "");
            assertTrue(
                    artifact.startsWith("weir-") || sbom.contains("/" + artifact + "@"),
                    () -> SBOM + " does not have " + name);
            assertTrue(
                    artifact.startsWith("weir-")
                            || covered(copyright, TARGET.resolve("weir").relativize(jar)),
                    () -> "src/main/deb/copyright says nothing of " + name);
        }
    }

    private static boolean covered(String copyright, Path jar) {
        return copyright
                .lines()
                .filter(line -> line.startsWith("Files: ") && !line.equals("Files: *"))
                .flatMap(line -> Stream.of(line.substring(7).split(" ")))
                .anyMatch(pattern ->
                        jar.getFileSystem().getPathMatcher("glob:" + pattern).matches(jar));
    }

    private static List<Path> jars() throws IOException {
        try (Stream<Path> files = Files.walk(TARGET.resolve("weir"))) {
            return files.filter(file -> file.toString().endsWith(".jar"))
                    .sorted()
                    .toList();
        }
    }

    /**
     * Another folder, time, time zone, umask and locale give the same bytes. Packs the same classes again; with
     * {@code -Dweir.rebuild} it compiles them again, which takes a minute.
     */
    @Test
    @DisabledIfSystemProperty(named = "weir.again", matches = "true", disabledReason = Client.ONCE)
    void buildIsReproducible() throws IOException {
        Client.need("tar", "gzip");
        boolean rebuild = System.getProperty("weir.rebuild") != null;
        Path copy = Files.createDirectories(folder.resolve("elsewhere/sources"));
        String excluded =
                rebuild ? "--exclude=target" : "--exclude=./dist/target --exclude=./target --exclude=./bench/target";
        Client.run("sh", "-c", "tar -C '%s' -c %s --exclude=.git . | tar -C '%s' -x".formatted(SOURCES, excluded, copy))
                .ok();
        if (!rebuild) {
            String target = Files.createDirectories(copy.resolve("dist/target")).toString();
            Client.run("cp", "-r", TARGET.resolve("classes").toString(), target).ok();
        }
        ProcessBuilder build = new ProcessBuilder(
                "sh",
                "-c",
                "umask 077 && " + (rebuild ? "chmod -R go= . && " : "")
                        + "exec ./mvnw -q -B -ntp -pl dist -am -Dmaven.test.skip -Dmaven.main.skip=" + !rebuild
                        + " -Dspotless.check.skip -Dforbiddenapis.skip pre-integration-test");
        build.directory(copy.toFile());
        build.environment().put("JAVA_HOME", System.getProperty("java.home"));
        build.environment().put("TZ", "Pacific/Chatham");
        build.environment().put("LC_ALL", "C");
        Client.run(build, "", 600).ok();
        for (Path file : List.of(ARCHIVE, PACKAGE, SBOM)) {
            Path other = copy.resolve("dist/target").resolve(file.getFileName());
            assertEquals(-1, mismatch(file, other), () -> file.getFileName() + " differs");
        }
    }

    private static long mismatch(Path first, Path second) {
        try {
            return Files.mismatch(first, second);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }
}
