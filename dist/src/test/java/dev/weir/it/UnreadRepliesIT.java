package dev.weir.it;

import static org.junit.jupiter.api.Assertions.assertEquals;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Replies that a client does not read keep pages of a memory drive. They count against its bounds. */
class UnreadRepliesIT {
    private static final int MIB = 1 << 20;
    private static final int PAGE = 64 << 10;

    @TempDir
    private Path folder;

    @Test
    void unreadRepliesOfOneDriveLeaveMemoryToAnother() throws Exception {
        Path config = Files.writeString(
                folder.resolve("weir.conf"),
                """
                weir.drives {
                  lent { backend { type = memory, size = 8MiB } }
                  other { backend { type = memory, size = 16MiB } }
                }
                """);
        List<RawNbd> readers = new ArrayList<>();
        try (Weir weir = Weir.launchWith(
                "-Xmx64m -XX:MaxDirectMemorySize=128m", folder.resolve("home"), "--config", config.toString())) {
            weir.awaitReady();
            try (RawNbd writer = new RawNbd(weir.socket(), "lent");
                    RawNbd other = new RawNbd(weir.socket(), "other")) {
                for (int round = 0; round < 12; round++) {
                    fill(writer, 8);
                    RawNbd reader = new RawNbd(weir.socket(), "lent");
                    readers.add(reader);
                    readAPartOfEachPage(reader);
                    writer.request(0, RawNbd.TRIM, 9, 0, 8 * MIB, ByteBuffer.allocate(0));
                    assertEquals(new RawNbd.Reply(9, 0), writer.reply());
                }
                fill(other, 16);
            } finally {
                for (RawNbd reader : readers) {
                    reader.close();
                }
            }
        }
    }

    private static void fill(RawNbd client, int mebibytes) throws IOException {
        for (int i = 0; i < mebibytes; i++) {
            client.request(0, RawNbd.WRITE, i, (long) i * MIB, MIB, ByteBuffer.allocate(MIB));
            assertEquals(new RawNbd.Reply(i, 0), client.reply(), "ENOSPC is 28");
        }
    }

    /**
     * Asks for 8 KiB of each page and takes one reply only. All requests are sent at once: while the socket is full,
     * Weir reads no more of them.
     */
    private static void readAPartOfEachPage(RawNbd reader) throws IOException {
        ByteBuffer others = ByteBuffer.allocate(28 * (8 * MIB / PAGE - 1));
        for (int at = PAGE; at < 8 * MIB; at += PAGE) {
            RawNbd.put(others, 0, RawNbd.READ, at, at, 8 << 10);
        }
        reader.request(0, RawNbd.READ, 0, 0, 8 << 10, others.flip());
        reader.reply();
    }
}
