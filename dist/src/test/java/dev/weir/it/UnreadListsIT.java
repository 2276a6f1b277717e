package dev.weir.it;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;

import java.io.IOException;
import java.net.UnixDomainSocketAddress;
import java.nio.ByteBuffer;
import java.nio.channels.SocketChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Clients request a list of 4 MB and do not read it. The lists together exceed the heap of Weir. */
class UnreadListsIT {
    private static final int DRIVES = 1000;
    private static final int DESCRIPTION_BYTES = 4000;
    private static final int CLIENTS = 56;
    private static final long OPTION_MAGIC = 0x49484156454F5054L;
    private static final int LIST = 3;
    private static final int FIXED_NEWSTYLE_NO_ZEROES = 3;
    private static final int REP_ACK = 1;

    @TempDir
    private static Path home;

    private static Weir weir;

    @BeforeAll
    static void start() throws IOException {
        StringBuilder text = new StringBuilder("weir.nbd.handshake-timeout = 60s\nweir.drives {\n");
        String description = "d".repeat(DESCRIPTION_BYTES);
        for (int i = 0; i < DRIVES; i++) {
            text.append("d%03d { backend { type = memory, size = 1M }, description = %s }%n".formatted(i, description));
        }
        Path config = Files.writeString(home.resolve("weir.conf"), text.append("}\n"));
        weir = Weir.launchWith("-Xmx128m -XX:-ExitOnOutOfMemoryError", home, "--config", config.toString());
        weir.awaitReady();
    }

    @AfterAll
    static void stop() {
        if (weir != null) {
            weir.close();
        }
    }

    @Test
    void unreadListsTakeLittleMemory() throws IOException {
        List<SocketChannel> unread = new ArrayList<>();
        try {
            for (int i = 0; i < CLIENTS; i++) {
                unread.add(askForList());
            }
            try (SocketChannel reader = askForList()) {
                assertEquals(DRIVES, readList(reader));
            }
            for (SocketChannel late : unread) {
                assertEquals(DRIVES, readList(late));
            }
        } finally {
            for (SocketChannel each : unread) {
                each.close();
            }
        }
        assertFalse(weir.log().contains("OutOfMemoryError"), "OutOfMemoryError");
        Client.run(Weir.command(home, "status"), "").ok();
    }

    private static SocketChannel askForList() throws IOException {
        SocketChannel client = SocketChannel.open(UnixDomainSocketAddress.of(weir.socket()));
        RawNbd.receive(client, 18);
        client.write(ByteBuffer.allocate(20)
                .putInt(FIXED_NEWSTYLE_NO_ZEROES)
                .putLong(OPTION_MAGIC)
                .putInt(LIST)
                .putInt(0)
                .flip());
        return client;
    }

    /** Reads the reply to its end and returns the number of drives in it. */
    private static int readList(SocketChannel client) throws IOException {
        for (int drives = 0; ; drives++) {
            ByteBuffer header = RawNbd.receive(client, 20);
            ByteBuffer data = RawNbd.receive(client, header.getInt(16));
            if (header.getInt(12) == REP_ACK) {
                return drives;
            }
            String name =
                    UTF_8.decode(data.slice(Integer.BYTES, data.getInt(0))).toString();
            assertEquals("d%03d".formatted(drives), name);
        }
    }
}
