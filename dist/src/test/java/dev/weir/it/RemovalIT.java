package dev.weir.it;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.typesafe.config.Config;
import com.typesafe.config.ConfigFactory;
import java.io.EOFException;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.stream.Collectors;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Removal of drives and groups in use. Log and shell agree with the registered services. */
class RemovalIT {
    private static final int QUEUED = 3;
    private static final ByteBuffer NOTHING = ByteBuffer.allocate(0);

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
        weir.close();
    }

    @AfterEach
    void removeAll() throws IOException {
        weir.apply("weir {}");
        assertServed();
    }

    private static String file(String image) {
        return "backend { type = file, path = \"%s.img\", size = 1M, create = true }".formatted(image);
    }

    /** Checks that the shell, the export and the reload name the same drives. */
    private static void assertServed(String... names) {
        List<String> shown = weir.ask("drives --json").ok().json().stream()
                .map(drive -> drive.getString("name") + " " + drive.getString("state"))
                .toList();
        assertEquals(List.of(names).stream().map(name -> name + " serving").toList(), shown);
        for (String name : names) {
            try (RawNbd client = new RawNbd(weir.socket(), name)) {
                client.read(0, 512);
            } catch (IOException e) {
                throw new AssertionError(name, e);
            }
        }
    }

    private static void assertGone(String drive) {
        assertThrows(EOFException.class, () -> new RawNbd(weir.socket(), drive));
    }

    private static void assertUnlocked(String image) throws IOException {
        try (FileChannel channel = FileChannel.open(home.resolve(image + ".img"), StandardOpenOption.WRITE)) {
            assertTrue(channel.tryLock() != null, image);
        }
    }

    private static void say(String drive, String word) throws IOException {
        try (RawNbd client = new RawNbd(weir.socket(), drive)) {
            ByteBuffer bytes = ByteBuffer.allocate(512).put(0, word.getBytes(StandardCharsets.US_ASCII));
            client.request(0, RawNbd.WRITE, 1, 0, 512, bytes);
            assertEquals(0, client.reply().error());
        }
    }

    private static String said(String drive) throws IOException {
        try (RawNbd client = new RawNbd(weir.socket(), drive)) {
            return StandardCharsets.US_ASCII.decode(client.read(0, 3)).toString();
        }
    }

    /** Queues reads of a client. An earlier request used up the limit, so that these are held. */
    private static RawNbd queue(String drive) throws IOException {
        RawNbd client = new RawNbd(weir.socket(), drive);
        client.read(0, 512);
        for (int i = 0; i < QUEUED; i++) {
            client.request(0, RawNbd.READ, i, 0, 512, NOTHING);
        }
        weir.await(
                () -> weir.ask("queue %s --json".formatted(drive)).ok().json().size() == QUEUED);
        return client;
    }

    private static void assertEnds(RawNbd client) {
        assertThrows(EOFException.class, () -> {
            for (int i = 0; i <= QUEUED; i++) {
                assertTrue(client.reply().error() != 0);
            }
        });
    }

    @Test
    void removedDriveIsGone() throws IOException {
        String b = "b { backend { type = memory, size = 1M } }";
        weir.apply("weir.drives { gone { %s, limits.bps = 1 }\n %s }".formatted(file("gone"), b));
        try (RawNbd client = queue("gone")) {
            assertEquals(
                    List.of("b"), weir.apply("weir.drives { %s }".formatted(b)).getStringList("drives"));
            assertServed("b");
            assertGone("gone");
            assertEnds(client);
        }
        assertUnlocked("gone");
        assertEquals(1, weir.countLogged("drive gone is removed"));
    }

    /** Returns the drives that are registered as services. */
    private static Set<String> registered() {
        String drives = "each ($.context getAllServiceReferences dev.weir.drive.Drive null)"
                + " { echo ($it getProperty weir.drive.name) }";
        return weir.ask("drives --json").ok().json().isEmpty()
                ? Set.of()
                : Set.of(weir.ask(drives).ok().out().split("\\s+"));
    }

    private static Map<String, String> states() {
        return ConfigFactory.parseString(weir.statusJson()).getConfigList("drives").stream()
                .collect(Collectors.toMap(drive -> drive.getString("name"), drive -> drive.getString("state")));
    }

    @Test
    void wordsOfLogAndShellMatchTheServices() throws IOException {
        Config applied =
                weir.apply("weir.drives { first { %s }\n second { %s } }".formatted(file("first"), file("second")));
        assertEquals(List.of("drive first", "drive second"), applied.getStringList("added"));
        assertEquals(Set.of("first", "second"), registered());
        assertEquals(Map.of("first", "serving", "second", "serving"), states());
        assertEquals(1, weir.countLogged("drive first is open: "));
        assertServed("first", "second");

        Weir.writeConfiguration(
                home,
                "weir.drives { second { %s }\n third { backend { type = file, path = none.img } } }"
                        .formatted(file("second")));
        Client.Result partly = weir.ask("reload --json");
        applied = ConfigFactory.parseString(partly.out());
        assertEquals(3, partly.status(), partly::err);
        assertEquals(List.of("drive third"), applied.getStringList("added"));
        assertEquals(List.of("drive first"), applied.getStringList("removed"));
        assertEquals(Set.of("second"), registered());
        assertEquals(Map.of("second", "serving", "third", "unavailable"), states());
        assertEquals(1, weir.countLogged("drive first is removed"));
        assertEquals(0, weir.countLogged("drive third is open"));
        assertGone("first");
        assertGone("third");
    }

    @Test
    void renamedDriveKeepsItsImage() throws IOException {
        weir.apply("weir.drives { old { %s } }".formatted(file("kept")));
        say("old", "old");
        weir.apply("weir.drives { old { %s, limits.bps = 1 } }".formatted(file("kept")));
        try (RawNbd client = queue("old")) {
            weir.apply("weir.drives { new { %s } }".formatted(file("kept")));
            assertServed("new");
            assertGone("old");
            assertEnds(client);
        }
        assertEquals("old", said("new"));
    }

    @Test
    void swappedNamesSwapImages() throws IOException {
        String drives = "weir.drives { x { %s }\n y { %s }\n z { %s } }";
        weir.apply(drives.formatted(file("one"), file("two"), file("six")));
        say("x", "one");
        say("y", "two");
        say("z", "six");
        int errors = weir.countLogged("ERROR");
        try (RawNbd client = new RawNbd(weir.socket(), "x")) {
            weir.apply(drives.formatted(file("two"), file("six"), file("one")));
            assertServed("x", "y", "z");
            assertThrows(IOException.class, () -> client.read(0, 512));
        }
        assertEquals(List.of("two", "six", "one"), List.of(said("x"), said("y"), said("z")));
        assertEquals(errors, weir.countLogged("ERROR"), weir::log);
    }

    @Test
    void removedGroupLetsItsDrivesGo() throws IOException {
        String drives = "drives { a { backend { type = memory, size = 1M }%s } }";
        weir.apply("weir { groups.g.limits.bps = 1\n %s }".formatted(drives.formatted(", group = g")));
        try (RawNbd client = queue("a")) {
            weir.apply("weir { %s }".formatted(drives.formatted("")));
            assertEquals("[]", weir.ask("groups --json").ok().out().strip());
            for (int i = 0; i < QUEUED; i++) {
                assertEquals(new RawNbd.Reply(i, 0), client.reply());
                client.skip(512);
            }
        }
        assertServed("a");
        assertEquals(1, weir.countLogged("group g is removed"));
    }

    @Test
    void renamedGroupStillLimits() throws IOException {
        String text =
                "weir { groups.%s.limits.bps = 1\n drives.a { backend { type = memory, size = 1M }, group = %s } }";
        weir.apply(text.formatted("old", "old"));
        try (RawNbd client = queue("a")) {
            weir.apply(text.formatted("new", "new"));
            List<? extends Config> groups = weir.ask("groups --json").ok().json();
            assertEquals(1, groups.size());
            assertEquals("new", groups.get(0).getString("name"));
            List<? extends Config> waiting = weir.ask("queue a --json").ok().json();
            assertEquals("new: bps", waiting.get(waiting.size() - 1).getString("held_by"));
            weir.apply(text.formatted("new", "new").replace("bps = 1", "bps = 0"));
            assertEquals(new RawNbd.Reply(0, 0), client.reply());
        }
    }

    @Test
    void emptyFileRemovesNothingAndEmptyBlockAll() throws IOException {
        weir.apply("weir.drives { a { %s, limits.bps = 1 } }".formatted(file("empty")));
        try (RawNbd client = queue("a")) {
            Weir.writeConfiguration(home, "");
            Client.Result refused = weir.ask("reload");
            assertFalse(refused.status() == 0);
            assertEquals(
                    List.of("a"),
                    weir.ask("drives --json").ok().json().stream()
                            .map(drive -> drive.getString("name"))
                            .toList());
            weir.apply("weir {}");
            assertServed();
            assertGone("a");
            assertEnds(client);
        }
        assertUnlocked("empty");
    }
}
