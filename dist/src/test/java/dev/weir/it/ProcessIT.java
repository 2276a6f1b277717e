package dev.weir.it;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTimeoutPreemptively;
import static org.junit.jupiter.api.Assertions.assertTrue;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.FileTime;
import java.nio.file.attribute.PosixFilePermissions;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Start, refusal to start, and stop of the process. */
class ProcessIT {
    @TempDir
    private Path home;

    @Test
    void sigtermStopsInOrder() throws IOException {
        try (Weir weir = Weir.start(home, "-drive", "id=vm1,memory=1M")) {
            assertTrue(Files.exists(weir.socket()));
            assertEquals(0, weir.stop());
            assertEquals(List.of("ready"), weir.output());
            assertEquals("", weir.faults());
        }
        try (Stream<Path> left = Files.list(home.resolve("run"))) {
            assertEquals(
                    List.of(),
                    left.filter(file -> file.toString().endsWith(".sock")).toList());
        }
    }

    @Test
    void homeHasOneWeir() {
        try (Weir first = Weir.start(home, "-drive", "id=vm1,memory=1M");
                Weir second = Weir.launch(home, "-drive", "id=vm2,memory=1M")) {
            assertEquals(1, second.awaitEnd());
            assertEquals(
                    "weir: already running in %s (process %d); stop it, or choose another --home%n"
                            .formatted(home, first.pid()),
                    second.errors());
        }
    }

    @Test
    void buildDoesNotReplaceTheFilesOfARunningWeir() throws IOException {
        Path distribution = Path.of(System.getProperty("weir.folder"));
        Path sources = Files.createDirectory(home.resolve("sources"));
        Files.copy(distribution.resolve("../../../weir").normalize(), sources.resolve("weir"));
        Files.createSymbolicLink(
                Files.createDirectories(sources.resolve("dist/target")).resolve("weir"), distribution);
        Path find = Files.createDirectories(sources.resolve("dist/src/main/dist/bin"));
        Files.copy(distribution.resolve("bin/find-java"), find.resolve("find-java"));
        Path pom = Files.createFile(sources.resolve("pom.xml"));
        Files.setLastModifiedTime(pom, FileTime.from(Instant.now().plusSeconds(3600)));
        try (Weir weir = Weir.start(home.resolve("home"), "-drive", "id=vm1,memory=1M")) {
            Client.Result refused = Client.run(
                    sources.resolve("weir").toString(),
                    "--home",
                    home.resolve("other").toString());
            assertEquals(1, refused.status(), refused::out);
            assertTrue(refused.err().startsWith("weir: a source is newer than the build, and process "), refused::err);
            assertTrue(refused.err().contains(" %d ".formatted(weir.pid())), refused::err);
            weir.ask("drives").ok();
        }
    }

    @Test
    void startsAfterAKill() {
        try (Weir first = Weir.start(home, "-drive", "id=vm1,memory=1M")) {
            assertTrue(Files.exists(first.socket()));
        }
        try (Weir second = Weir.start(home, "-drive", "id=vm2,memory=1M")) {
            assertEquals(0, second.stop());
        }
    }

    @Test
    void startsWithTheSample() throws IOException {
        try (Weir weir = Weir.start(home)) {
            assertTrue(Files.exists(home.resolve("weir.conf")));
            assertTrue(Files.exists(home.resolve("disks/vm1.img")));
            assertEquals(0, weir.stop());
        }
    }

    @Test
    void reportsAllFaults() throws IOException {
        Path config = Files.writeString(
                home.resolve("bad.conf"),
                """
                weir.drives {
                  a { backend { type = memory, size = 1MiB }, limits { bps = -5 } }
                  b { backend { type = memory, size = 1MiB }, polisy = slice }
                }
                """);
        try (Weir weir = Weir.launch(home, "--config", config.toString())) {
            assertEquals(1, weir.awaitEnd());
            assertTrue(weir.errors().contains("bad.conf:2: "), weir::errors);
            assertTrue(weir.errors().contains("bad.conf:3: "), weir::errors);
            assertTrue(weir.errors().lines().allMatch(line -> line.startsWith("weir: ")), weir::errors);
            assertEquals(List.of(), weir.output());
        }
    }

    @Test
    void servesDespiteAnUnavailableDrive() throws IOException {
        Path missing = home.resolve("missing.img");
        try (Weir weir = Weir.launch(home, "-drive", "id=bad,file=" + missing, "-drive", "id=good,memory=1M")) {
            weir.awaitErrors("drive bad is not served: ");
            assertTrue(weir.errors().contains(missing.toString()), weir::errors);
            Client.need("nbdinfo");
            Client.run("nbdinfo", weir.uri("good")).ok();
            assertEquals(0, weir.stop());
            assertFalse(weir.output().contains("ready"));
        }
    }

    @Test
    void refusesAddressInUse() {
        try (Weir first = Weir.start(home.resolve("1"), "-drive", "id=vm1,memory=1M");
                Weir second = Weir.launch(
                        home.resolve("2"), "-drive", "id=vm2,memory=1M", "--listen", "unix:" + first.socket())) {
            assertEquals(1, second.awaitEnd());
            assertTrue(second.errors().contains(first.socket().toString()), second::errors);
        }
    }

    @Test
    void refusesInvalidCommandLine() {
        for (String[] wrong : List.of(
                new String[] {"--fast"},
                new String[] {"--config"},
                new String[] {"--config", "missing.conf"},
                new String[] {"stop"})) {
            try (Weir weir = Weir.launch(home, wrong)) {
                assertEquals(2, weir.awaitEnd());
                assertEquals(1, weir.errors().lines().count(), weir::errors);
            }
        }
    }

    @Test
    void refusesHomeWithoutALog() {
        try (Weir weir = Weir.launch(home.resolve("50%"), "-drive", "id=vm1,memory=1M")) {
            assertEquals(1, weir.awaitEnd());
            assertTrue(weir.errors().contains("50% must not contain %"), weir::errors);
            assertEquals(1, weir.errors().lines().count(), weir::errors);
        }
    }

    @Test
    void logbackFileConfiguresTheLog() throws IOException {
        Path file = Files.writeString(
                home.resolve("logback.xml"),
                """
                <configuration>
                  <appender name="FILE" class="ch.qos.logback.core.FileAppender">
                    <file>${weir.home}/mine.log</file>
                    <encoder><pattern>%level: %msg%n</pattern></encoder>
                  </appender>
                  <root level="INFO"><appender-ref ref="FILE"/></root>
                </configuration>
                """);
        Path own = home.resolve("own");
        try (Weir weir = Weir.launchWith("-Dlogback.configurationFile=" + file, own, "-drive", "id=vm1,memory=1M")) {
            weir.awaitReady();
            assertEquals(0, weir.stop());
        }
        assertTrue(Files.readString(own.resolve("mine.log")).endsWith("INFO: has stopped\n"));
        assertFalse(Files.exists(own.resolve("log/weir.log")));
    }

    @Test
    void terminalOpensAShell() throws IOException {
        Client.need("script");
        Path screen = Files.createFile(home.resolve("screen"));
        String weir = String.join(
                " ", Weir.command(home, "run", "-drive", "id=vm1,memory=1M").command());
        // input before the prompt may be lost
        String terminal =
                "{ until grep -q 'weir> ' %1$s; do sleep 0.1; done; printf 'drives\\nexit\\n'; } | script -qec 'stty rows 24 cols 80; %2$s' /dev/null >%1$s"
                        .formatted(screen, weir);
        Client.run("sh", "-c", terminal).ok();
        String shown = Files.readString(screen);
        assertTrue(shown.contains("nbd+unix:///vm1?socket=" + home), shown);
        assertTrue(shown.contains("vm1   serving"), shown);
        assertFalse(shown.contains("ready"), shown);
    }

    @Test
    void foldersThatOthersCanChangeAreRefused() throws IOException {
        for (String name : List.of("", "run", "log", "deploy", "felix-cache")) {
            Path other = home.resolve("home-" + name);
            Path folder = Files.createDirectories(other.resolve(name));
            Files.setPosixFilePermissions(folder, PosixFilePermissions.fromString("rwxrwx---"));
            refuses(other, folder + " is writable by other users (mode 770)");
        }
    }

    @Test
    void linksInsideOfTheHomeAreRefused() throws IOException {
        Path elsewhere = Files.createDirectories(home.resolve("elsewhere"));
        for (String name : List.of("run", "log", "deploy", "felix-cache")) {
            Path other = Files.createDirectories(home.resolve("home-" + name));
            Path link = Files.createSymbolicLink(other.resolve(name), elsewhere);
            refuses(other, link + " must be a folder and not a link");
        }
    }

    @Test
    void fileAsHomeIsRefused() throws IOException {
        Path file = Files.createFile(home.resolve("file"));
        refuses(file, "cannot run in " + file + ": " + file);
    }

    @Test
    void aFolderOfAnotherUserIsRefused() throws IOException {
        assumeTrue("root".equals(System.getProperty("user.name")), "needs root");
        Path deploy = Files.createDirectories(home.resolve("deploy"));
        Files.setAttribute(deploy, "unix:uid", 12345);
        refuses(home, deploy + " belongs to user 12345");
    }

    private static void refuses(Path home, String fault) {
        try (Weir weir = Weir.launch(home, "-drive", "id=vm1,memory=1M")) {
            assertEquals(1, weir.awaitEnd(), fault);
            assertTrue(weir.errors().startsWith("weir: " + fault), weir::errors);
        }
    }

    @Test
    void tooFewOpenFilesAreRefused() {
        List<String> start = new ArrayList<>(List.of("sh", "-c", "ulimit -n 64; exec \"$@\"", "sh"));
        start.addAll(Weir.command(home, "run", "-drive", "id=vm1,memory=1M").command());
        Client.Result ended = Client.run(start.toArray(String[]::new));
        assertEquals(1, ended.status());
        assertTrue(ended.err().startsWith("weir: the limit of open files is 64, too low to serve clients"), ended::err);
    }

    /** Clients leave files to the shell, to images and to the configuration. */
    @Test
    void fewOpenFilesLeaveRoomForTheOperator() throws IOException {
        List<RawNbd> clients = new ArrayList<>();
        try (Weir weir = Weir.launchWithFiles(128, home, "-drive", "id=vm1,memory=1M")) {
            weir.awaitReady();
            assertTimeoutPreemptively(Duration.ofSeconds(60), () -> {
                try {
                    while (clients.size() < 100) {
                        clients.add(new RawNbd(weir.socket(), "vm1"));
                    }
                } catch (IOException e) {
                    // refused at once instead of waiting in the backlog
                }
                assertTrue(clients.size() >= 10 && clients.size() < 100, clients.size() + " clients");
                assertEquals(512, clients.get(0).read(0, 512).remaining());
                weir.exec("drives").ok();
            });
            assertFalse(weir.log().contains("Too many open files"), weir.log());
        } finally {
            for (RawNbd client : clients) {
                client.close();
            }
        }
    }

    @Test
    void signalDuringTheStartEndsCleanly() {
        try (Weir weir = Weir.launchQuickly(home, "-drive", "id=vm1,memory=1M")) {
            weir.await(() -> Files.exists(home.resolve("run")));
            assertEquals(0, weir.stop());
        }
    }
}
