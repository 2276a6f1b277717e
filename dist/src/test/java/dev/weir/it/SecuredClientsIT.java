package dev.weir.it;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Established TLS connections hold heap of the TLS library. Their number follows from the heap, in shares. */
class SecuredClientsIT {

    /** Opens connections to one drive until they are refused, and then some to another. Reads from all of them. */
    private static final String CONNECT =
            """
            def connect(drive):
                h = nbd.NBD()
                h.set_tls(nbd.TLS_REQUIRE)
                h.set_tls_psk_file("%s")
                h.set_tls_username("bob")
                h.set_export_name(drive)
                h.connect_unix("%s")
                return h
            greedy = []
            try:
                while len(greedy) < 200:
                    greedy.append(connect("greedy"))
                    greedy[-1].pread(4096, 0)
            except nbd.Error:
                pass
            others = [connect("other") for i in range(15)]
            print(len(greedy[:-1]), sum(len(h.pread(1 << 20, 0)) for h in others + greedy[:-1]) >> 20)
            """;

    @TempDir
    private Path folder;

    @Test
    void connectionsWithTlsFitIntoTheHeapInShares() throws IOException {
        Client.need("psktool", "nbdsh");
        Path keys = folder.resolve("keys.psk");
        Client.run("psktool", "-u", "bob", "-p", keys.toString()).ok();
        Path config = Files.writeString(
                folder.resolve("weir.conf"),
                """
                weir {
                  nbd { tls = optional, tls-psk = keys.psk }
                  drives.greedy { backend { type = memory, size = 1MiB } }
                  drives.other { backend { type = memory, size = 1MiB } }
                }
                """);
        Path home = folder.resolve("home");
        try (Weir weir = Weir.launchWith("-Xmx64m", home, "--config", config.toString())) {
            weir.awaitReady();
            String script = CONNECT.formatted(keys, weir.socket());
            String[] counts =
                    Client.run(Client.nbdsh(script), "", 110).ok().out().strip().split(" ", 2);
            int greedy = Integer.parseInt(counts[0]);
            // 78 connections fit, and each of two drives has a quarter of them and may borrow another
            assertTrue(greedy >= 15 && greedy <= 60, greedy + " connections");
            assertEquals(greedy + 15, Integer.parseInt(counts[1]));
            assertTrue(weir.log().contains("with TLS that a quarter of the heap has room for"), weir.log());
            assertFalse(weir.log().contains("OutOfMemoryError"), "OutOfMemoryError");
            try (RawNbd plain = new RawNbd(weir.socket(), "greedy")) {
                plain.request(0, RawNbd.FLUSH, 1, 0, 0, ByteBuffer.allocate(0));
                assertEquals(new RawNbd.Reply(1, 0), plain.reply());
            }
            assertEquals(0, weir.stop());
        }
    }
}
