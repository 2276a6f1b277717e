package dev.weir.it;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTimeoutPreemptively;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Arrays;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** A filter of another bundle breaks its contract. Each client gets one reply to each request, with its own data. */
class OddFilterIT {
    private static final int BLOCK = OddFilterBundle.BLOCK;
    private static final int EIO = 5;
    private static final int ROUNDS = 500;
    private static final Duration SOON = Duration.ofSeconds(60);

    @TempDir
    private Path home;

    @Test
    void everyRequestHasOneReplyWithItsOwnData() throws IOException {
        OddFilterBundle.write(Files.createDirectories(home.resolve("deploy")).resolve("odd.jar"));
        Path config = Files.writeString(
                home.resolve("weir.conf"),
                """
                weir.drives {
                  odd { backend { type = file, path = odd.img, size = 1MiB, create = true }, filters = [{ type = odd }] }
                  well { backend { type = memory, size = 1MiB } }
                }
                """);
        try (Weir weir = Weir.start(home, "--config", config.toString());
                RawNbd odd = new RawNbd(weir.socket(), "odd");
                RawNbd well = new RawNbd(weir.socket(), "well")) {
            write(odd, OddFilterBundle.PASSED);
            write(well, 7);
            assertTimeoutPreemptively(SOON, () -> {
                for (int i = 0; i < ROUNDS; i++) {
                    ask(odd, i);
                    assertBlock(well, 7);
                }
                // one answer of the filter's question never comes
                String drives = weir.ask("drives").ok().out();
                assertTrue(drives.contains("well"), drives);
                assertTrue(weir.ask("drive odd").ok().out().contains("odd"));
            });
            assertTrue(weir.countLogged("drive odd: READ at " + BLOCK) > 0, weir.log());
            odd.request(0, RawNbd.READ, 1, (long) OddFilterBundle.BLOCKED * BLOCK, BLOCK, ByteBuffer.allocate(0));
            assertTimeoutPreemptively(SOON, () -> {
                weir.await(() -> weir.ask("drive odd").out().contains("filter odd: a call has not returned for "));
                for (int i = 0; i < ROUNDS; i++) {
                    assertBlock(well, 7); // on the same event loop, timer thread and shell
                }
            });
            assertEquals(0, weir.stop());
        }
    }

    /** Asks for the block of one kind and then for a block that passes. */
    private static void ask(RawNbd odd, int round) throws IOException {
        int kind = round % OddFilterBundle.KINDS;
        odd.request(0, RawNbd.READ, round, (long) kind * BLOCK, BLOCK, ByteBuffer.allocate(0));
        RawNbd.Reply reply = odd.reply();
        assertEquals(round, reply.cookie());
        if (reply.error() == 0) {
            odd.skip(BLOCK);
        }
        boolean isBroken = kind == OddFilterBundle.UNREAD || kind == OddFilterBundle.THROWN_AFTER_PASSED;
        // the storage may complete a request before its filter throws
        boolean mayEndWell = kind != OddFilterBundle.UNREAD;
        assertTrue(reply.error() == 0 ? mayEndWell : isBroken && reply.error() == EIO, kind + " " + reply);
        assertBlock(odd, OddFilterBundle.PASSED);
    }

    private static byte[] bytes(int value) {
        byte[] bytes = new byte[BLOCK];
        Arrays.fill(bytes, (byte) (value + 1));
        return bytes;
    }

    private static void write(RawNbd client, int value) throws IOException {
        client.request(0, RawNbd.WRITE, 1, 0, BLOCK, ByteBuffer.wrap(bytes(value)));
        assertEquals(new RawNbd.Reply(1, 0), client.reply());
    }

    private static void assertBlock(RawNbd client, int value) throws IOException {
        assertEquals(ByteBuffer.wrap(bytes(value)), client.read(0, BLOCK));
    }
}
