package dev.weir.it;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.typesafe.config.Config;
import com.typesafe.config.ConfigFactory;
import java.io.IOException;
import java.io.RandomAccessFile;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Changes of the file and of the shell, right and wrong ones, while drives are used. */
class ChangesIT {
    private static final String FILE = "backend { type = file, path = \"%s.img\", size = 1M, create = true }";

    @TempDir
    private static Path home;

    private static Weir weir;

    @BeforeAll
    static void start() throws IOException {
        Weir.writeConfiguration(home, "weir {}");
        weir = Weir.start(home);
    }

    @AfterAll
    static void stop() {
        assertEquals(0, weir.stop());
        weir.close();
    }

    /** Applies a text with a drive that cannot be opened or an address that cannot be used. */
    private static Config applyPartly(String text) throws IOException {
        Weir.writeConfiguration(home, text);
        Client.Result result = weir.ask("reload --json");
        assertEquals(3, result.status(), result::err);
        return ConfigFactory.parseString(result.out());
    }

    private static String refuse(String text) throws IOException {
        Weir.writeConfiguration(home, text);
        Client.Result result = weir.ask("reload");
        assertEquals(1, result.status(), result::out);
        return result.err();
    }

    private static String state(String drive) {
        return weir.ask("drive %s --json".formatted(drive)).ok().object().getString("state");
    }

    @Test
    void faultyChangeLeavesRunningDrivesAlone() throws IOException {
        String text = "weir { groups.g {}, drives { a { %s, policy = bucket, group = g }\n b { %s } } }"
                .formatted(FILE.formatted("a"), FILE.formatted("b"));
        weir.apply(text);
        Map<String, String> faults = Map.of(
                text.replace("type = file, path = \"a", "type = flie, path = \"a"),
                "did you mean file?",
                text.replace("type = file, path = \"a", "type = nvme, path = \"a"),
                "would close the running drive",
                text.replace("= bucket", "= buckte"),
                "did you mean bucket?",
                text.replace("= bucket", "= own"),
                "would hold",
                text.replace("groups.g {}", "groups.g.policy = own"),
                "would hold",
                text.replaceFirst("size = 1M", "size = 512K"),
                "run \"resize a 512KiB --shrink\" first",
                text.replace("a.img", "no/a.img"),
                "is missing; create the folder first",
                text.replace("a.img", "b.img"),
                "is also the image of drive b",
                text + "\ninclude url(\"http://127.0.0.1:1/\")",
                "URLs are not read",
                text + "\nx = [1]" + "\nx = ${x}${x}".repeat(60),
                "to more than 32 MiB");
        int reopened = weir.countLogged("the running drive is closed and opened again");
        try (RawNbd client = new RawNbd(weir.socket(), "a")) {
            for (Map.Entry<String, String> change : faults.entrySet()) {
                String said = refuse(change.getKey());
                assertTrue(said.startsWith("weir: nothing was changed:"), said);
                assertTrue(said.contains(change.getValue()), said);
                assertEquals(2, said.strip().lines().count(), said);
                client.read(0, 512);
                assertEquals("serving", state("a"));
            }
        }
        assertEquals(reopened, weir.countLogged("the running drive is closed and opened again"));
    }

    @Test
    void unavailableDriveOpensOnceItsCauseIsGone() throws IOException {
        String text = "weir.drives { retried.%1$s\n asked.%1$s\n reloaded.%1$s }"
                .formatted("backend { type = file, path = NAME }");
        for (String name : List.of("retried", "asked", "reloaded")) {
            text = text.replaceFirst("NAME", name + ".img");
        }
        Config unavailable = applyPartly(text).getConfig("unavailable");
        assertEquals(
                List.of("retried", "asked", "reloaded").size(),
                unavailable.root().size());
        assertTrue(unavailable.getString("asked").contains("asked.img: is missing"), unavailable::toString);
        assertTrue(weir.ask("drive asked --json").ok().object().getIsNull("size_bytes"));
        assertTrue(weir.ask("reopen asked").err().contains("drive asked is unavailable: path = "));
        assertEquals(1, weir.countLogged("drive asked cannot be opened"));

        image("asked");
        weir.ask("reopen asked").ok();
        assertEquals("serving", state("asked"));
        image("reloaded");
        assertEquals(
                List.of("retried"),
                List.copyOf(applyPartly(text).getConfig("unavailable").root().keySet()));
        assertEquals("serving", state("reloaded"));
        image("retried");
        weir.await(() -> state("retried").equals("serving"));
        new RawNbd(weir.socket(), "retried").close();

        Files.delete(home.resolve("asked.img"));
        assertTrue(weir.ask("reopen asked").err().contains("asked.img: is missing"), "an open drive is checked too");
        image("asked");
        weir.ask("reopen asked").ok();
        assertEquals("serving", state("asked"));
    }

    private static void image(String name) throws IOException {
        try (RandomAccessFile file =
                new RandomAccessFile(home.resolve(name + ".img").toFile(), "rw")) {
            file.setLength(1 << 20);
        }
    }

    @Test
    void commandChangeOutlivesFileChangeAndIsLogged() throws IOException {
        String text = "weir.drives { a { %1$s, limits { iops = 10k, bps = 1M } }\n b { %1$s, limits.iops = 5 } }"
                .formatted("backend { type = memory, size = 1M }");
        weir.apply(text);
        weir.ask("limits a iops=7k").ok();
        weir.ask("policy a slice").ok();
        String log = weir.log();
        String user = System.getProperty("user.name");
        String change = " changed the limits of drive a from bps=1MiB iops=10000 to bps=1MiB iops=7000";
        assertTrue(log.lines().anyMatch(l -> l.contains(user) && l.endsWith(change)), log);
        assertTrue(log.contains(" changed the policy of drive a from bucket to slice"), log);

        assertEquals(
                List.of("a"), weir.apply(text.replace("iops = 5", "iops = 6")).getStringList("overridden"));
        assertLimits(Map.of("bps", 1048576, "iops", 7000));
        weir.apply(text.replace("bps = 1M", "bps = 2M"));
        assertLimits(Map.of("bps", 2097152, "iops", 7000));
        assertEquals("slice", weir.ask("drive a --json").ok().object().getString("policy"));
        weir.ask("reload --restore").ok();
        assertLimits(Map.of("bps", 2097152, "iops", 10000));
        assertEquals("bucket", weir.ask("drive a --json").ok().object().getString("policy"));
    }

    @Test
    void burstRemovedByHandStaysRemoved() throws IOException {
        String text = "weir { groups.g.limits.bps = 9M, drives.a { backend { type = memory, size = 1M }, limits {"
                + " iops = 50, iops_max = 100, iops_max_length = 30, iops_size = 4096 } } }";
        weir.apply(text);
        weir.ask("limits a iops=0").ok();
        assertLimits(Map.of());
        weir.ask("limits a iops=50").ok();
        assertLimits(Map.of("iops", 50, "iops_max", 100, "iops_max_length", 30, "iops_size", 4096));
        weir.ask("limits a iops_max=0").ok();
        weir.ask("limits a iops=0").ok();
        weir.apply(text.replace("9M", "8M"));
        weir.ask("limits a bps=1M").ok();
        weir.ask("limits a iops=50 bps=0").ok();
        assertLimits(Map.of("iops", 50, "iops_size", 4096));
        weir.ask("reload --restore").ok();
        assertLimits(Map.of("iops", 50, "iops_max", 100, "iops_max_length", 30, "iops_size", 4096));

        weir.ask("group g bps_max=20M").ok();
        weir.ask("group g bps=0").ok();
        weir.ask("group g bps=10M").ok();
        assertEquals(20 << 20, weir.ask("group g --json").ok().object().getInt("limits.bps_max"));
    }

    private static void assertLimits(Map<String, Integer> limits) {
        assertEquals(
                limits,
                weir.ask("limits a --json")
                        .ok()
                        .object()
                        .getConfig("limits")
                        .root()
                        .unwrapped());
    }

    @Test
    void reloadNamesTheChangesOnly() throws IOException {
        String memory = " { backend { type = memory, size = 1M } }\n";
        weir.apply("weir { groups.g {}, drives { a %1$s, b %1$s, c %1$s } }".formatted(memory));
        Config applied =
                weir.apply("weir { groups.h {}, drives { b %1$s, c %1$s, d %1$s, c.group = h } }".formatted(memory));
        assertEquals(List.of("group h", "drive d"), applied.getStringList("added"));
        assertEquals(List.of("drive c"), applied.getStringList("changed"));
        assertEquals(List.of("drive a", "group g"), applied.getStringList("removed"));
        assertTrue(applied.getBoolean("is_new"), applied::toString);
        assertFalse(weir.ask("reload --json").ok().object().getBoolean("is_new"));

        Weir.writeConfiguration(home, "weir.drives { b %1$s, b { limits { iops = 5 } } }".formatted(memory));
        String reload = weir.ask("reload").ok().out();
        assertTrue(reload.startsWith("changed   drive b\nremoved   drive c, drive d, group h\n"), reload);
        assertTrue(reload.contains("weir.conf:2: drives.b: is also defined at weir.conf:1"), reload);
    }

    @Test
    void reloadNamesWhatTheWatchHasReopened() throws IOException {
        String text = "weir.drives.a { %s }".formatted(FILE.formatted("a"));
        weir.apply(text);
        Weir.writeConfiguration(home, text.replace("a.img", "other.img"));
        weir.await(() -> weir.log().contains("drives.a.backend: the running drive is closed and opened again"));
        weir.await(() -> weir.ask("drive a").ok().out().contains("other.img"));
        Config reload = weir.ask("reload --json").ok().object();
        assertFalse(reload.getBoolean("is_new"), reload::toString);
        assertEquals(List.of("drive a"), reload.getStringList("changed"));
        assertEquals(List.of("a"), reload.getStringList("reopened"));
        String words = weir.ask("reload").ok().out();
        assertTrue(words.startsWith("applied   nothing changed since 2"), words);
        assertTrue(words.contains("reopened  a, whose clients were disconnected"), words);
        assertEquals(
                List.of(),
                weir.apply(text.replace("a.img", "other.img") + "\nweir.drives.a.limits.iops = 5")
                        .getStringList("reopened"));
    }

    @Test
    void takenMetricsAddressIsReported() throws IOException {
        try (ServerSocket taken = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
            String listen = "tcp:127.0.0.1:" + taken.getLocalPort();
            List<String> faults = applyPartly("weir.metrics.listen = \"%s\"".formatted(listen))
                    .getStringList("faults");
            String fault = "metrics.listen = %s: cannot listen: ".formatted(listen);
            assertTrue(faults.get(0).startsWith(fault), faults::toString);
            assertTrue(weir.status().contains(fault), weir::status);
        }
        weir.apply("weir {}");
    }

    @Test
    void clientAfterReloadSeesTheNewSize() throws IOException {
        for (int i = 1; i <= 20; i++) {
            weir.apply("weir.drives.sized.backend { type = memory, size = %dK }".formatted(i));
            assertEquals(i << 10, RawNbd.size(weir.socket(), "sized"));
        }
        weir.apply("weir.drives.sized.backend { type = memory, size = 9223372036854775807 }");
        assertEquals(Long.MAX_VALUE, RawNbd.size(weir.socket(), "sized"));
    }

    @Test
    void includedPipeDoesNotStopTheWatch() throws IOException {
        Client.run("mkfifo", home.resolve("pipe.conf").toString()).ok();
        String drive = "weir.drives.piped.backend { type = memory, size = 1M }";
        assertTrue(refuse(drive + "\ninclude \"pipe.conf\"").contains("is a device, pipe or socket"));
        Weir.writeConfiguration(home, drive);
        weir.await(() -> weir.ask("drives --json").ok().out().contains("piped"));
    }
}
