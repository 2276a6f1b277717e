package dev.weir.it;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import com.typesafe.config.Config;
import java.io.IOException;
import java.nio.channels.FileChannel;
import java.nio.channels.FileLock;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.StandardOpenOption;
import java.util.Collections;
import java.util.List;
import java.util.Objects;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Drives while the bundles they need arrive, leave and are updated. */
class BundlesIT {
    private static final int UPDATES = 200;
    private static final Path PACE = Path.of(System.getProperty("weir.example"));

    /** Reads three times where the limit admits one, then prints the outcome of each read and of the connection. */
    private static final String THREE_READS =
            """
            import errno
            h.connect_uri("%s")
            h.pwrite(b"w" * 512, 0)
            reads = [h.aio_pread(nbd.Buffer(512), 0) for _ in range(3)]
            print("reading", flush=True)
            while not h.aio_is_closed() and not h.aio_is_dead():
                try:
                    h.poll(1000)
                except nbd.Error:
                    break
            for read in reads:
                try:
                    print("done" if h.aio_command_completed(read) else "lost")
                except nbd.Error as e:
                    print(errno.errorcode[e.errnum])
            print("closed" if h.aio_is_closed() else "broken")
            """;

    @TempDir
    private Path folder;

    private Path home() {
        return folder.resolve("home");
    }

    private static Config drive(Weir weir) {
        return weir.ask("drives --json").ok().json().get(0);
    }

    private static long reads(Weir weir) {
        return drive(weir).getLong("counters.reads");
    }

    private void deployPace() throws IOException {
        Path jar = Files.copy(PACE, folder.resolve("pace.jar"), StandardCopyOption.REPLACE_EXISTING);
        Files.move(jar, home().resolve("deploy/pace.jar"), StandardCopyOption.ATOMIC_MOVE);
    }

    @Test
    void jarsInsideBundlesThatAreOffStayPacked() throws IOException {
        Weir weir = Weir.start(home(), "-drive", "id=vm1,memory=1M");
        try (weir;
                Stream<Path> files = Files.walk(home().resolve("felix-cache"))) {
            assertEquals(
                    List.of(),
                    files.filter(file -> file.endsWith("bundle.jar-embedded")).toList());
        }
    }

    @Test
    void driveHoldsUntilItsPolicyArrives() throws Exception {
        Client.needFio();
        try (Weir weir = Weir.start(home(), "-drive", "id=vm1,memory=4M,policy=pace,iops=1000");
                FioLoad fio = FioLoad.start(
                        folder.resolve("fio"),
                        "[vm1]\nuri=%s\nrw=randread\nbs=4k\niodepth=4\nsize=4m\n".formatted(weir.uri("vm1")))) {
            weir.await(() -> drive(weir).getInt("queued_reads") == 4);
            assertEquals("holding", drive(weir).getString("state"));
            assertEquals("policy pace is missing", drive(weir).getString("reason"));
            assertEquals(1, weir.countLogged("drive vm1 holds its queue: policy pace is missing"));
            assertEquals(0, reads(weir));
            weir.awaitErrors("drive vm1 still holds its queue: policy pace is missing");

            deployPace();
            weir.await(() -> reads(weir) > 0);
            assertEquals("serving", drive(weir).getString("state"));
            weir.awaitErrors("drive vm1 goes on with policy pace");
            String errors = weir.errors();
            deployPace();
            weir.await(() -> weir.countLogged("drive vm1 goes on with policy pace") == 2);
            Weir.pause(2000);
            assertEquals(errors, weir.errors(), "the gap of a replacement is no warning");
            Files.delete(home().resolve("deploy/pace.jar"));
            weir.await(() -> drive(weir).getString("state").equals("holding"));
            deployPace();
            long before = reads(weir);
            weir.await(() -> reads(weir) > before);
            fio.stop();
        }
    }

    @Test
    void stoppedPolicyHoldsWithoutLoss() throws Exception {
        Client.needFio();
        try (Weir weir = Weir.start(home(), "-drive", "id=vm1,memory=64M,bps=16M");
                FioLoad fio = FioLoad.start(folder.resolve("fio"), FioLoad.VERIFY.formatted("vm1", weir.uri("vm1")))) {
            weir.await(() -> reads(weir) > 100);
            String bucket = weir.bundle("weir-throttle-bucket");
            weir.stop(bucket);
            weir.await(() -> weir.ask("queue vm1 --json").ok().json().size() == 16);
            String before = drive(weir).getConfig("counters").toString();
            Weir.pause(5000);
            Config held = drive(weir);
            assertEquals(before, held.getConfig("counters").toString());
            assertEquals("policy bucket is missing", held.getString("reason"));
            assertEquals(16, held.getInt("queued_reads") + held.getInt("queued_writes"));
            weir.start(bucket);
            long reads = held.getLong("counters.reads");
            weir.await(() -> reads(weir) > reads + 1000);
            fio.stop();
        }
    }

    @Test
    void policyUpdateLeaksNoClassLoader() throws IOException {
        Path jcmd = Path.of(System.getProperty("java.home"), "bin/jcmd");
        assumeTrue(Files.isExecutable(jcmd), "needs jcmd");
        try (Weir weir = Weir.start(home(), "-drive", "id=vm1,memory=1M,iops=1000")) {
            String update = "update ($.context getBundle %s)".formatted(weir.bundle("weir-throttle-bucket"));
            String tenUpdates = String.join("; ", Collections.nCopies(10, update));
            weir.ask(tenUpdates).ok();
            long before = loaders(jcmd, weir);
            for (int i = 0; i < UPDATES; i += 10) {
                weir.ask(tenUpdates).ok();
            }
            assertEquals(UPDATES + 10, weir.countLogged("drive vm1 goes on with policy bucket"));
            long more = loaders(jcmd, weir) - before;
            // a thread may still use the loader of the last update; a leak would keep one per update
            assertTrue(more <= 2, more + " class loaders more than before " + UPDATES + " updates");
        }
    }

    /** Counts the class loaders of bundles after a full collection. */
    private static long loaders(Path jcmd, Weir weir) {
        return Client.run(jcmd.toString(), Long.toString(weir.pid()), "GC.class_histogram")
                .ok()
                .out()
                .lines()
                .filter(line -> line.contains("BundleWiringImpl$BundleClassLoader"))
                .mapToLong(line -> Long.parseLong(line.strip().split(" +", -1)[1]))
                .sum();
    }

    @Test
    void stoppingBackendClosesItsDrives() throws Exception {
        Client.need("nbdsh");
        Path image = folder.resolve("vm1.img");
        String drive = "id=vm1,file=%s,size=1M,bps_rd=1".formatted(image);
        try (Weir weir = Weir.start(home(), "-drive", drive, "-drive", "id=other,memory=1M")) {
            String file = weir.bundle("weir-backend-file");
            Path said = folder.resolve("said");
            Process client = Client.nbdsh(THREE_READS.formatted(weir.uri("vm1")))
                    .redirectErrorStream(true)
                    .redirectOutput(said.toFile())
                    .start();
            weir.await(() -> drive(weir).getInt("queued_reads") == 2);
            weir.stop(file);
            assertEquals(0, client.waitFor(), () -> Client.run("cat", said.toString())
                    .out());
            assertEquals(List.of("reading", "done", "ESHUTDOWN", "ESHUTDOWN", "closed"), Files.readAllLines(said));
            assertEquals("unavailable", drive(weir).getString("state"));
            assertEquals("backend file is missing", drive(weir).getString("reason"));
            assertTrue(Client.run("nbdinfo", weir.uri("vm1")).status() != 0, "vm1 is still offered");
            Client.run("nbdinfo", weir.uri("other")).ok();
            try (FileChannel channel = FileChannel.open(image, StandardOpenOption.WRITE);
                    FileLock lock = Objects.requireNonNull(channel.tryLock(), "the image is still locked")) {
                assertTrue(lock.isValid());
            }

            weir.start(file);
            weir.await(() -> drive(weir).getString("state").equals("serving"));
            // the debt outlived the backend
            weir.ask("limits vm1 bps_rd=0").ok();
            String read = "h.connect_uri(\"%s\")\nprint(h.pread(512, 0) == b\"w\" * 512)".formatted(weir.uri("vm1"));
            assertEquals("True\n", Client.run(Client.nbdsh(read), "").ok().out());
        }
    }
}
