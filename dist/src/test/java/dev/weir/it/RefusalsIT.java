package dev.weir.it;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.net.UnixDomainSocketAddress;
import java.nio.ByteBuffer;
import java.nio.channels.SocketChannel;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.MethodOrderer;
import org.junit.jupiter.api.Order;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestMethodOrder;
import org.junit.jupiter.api.io.TempDir;

/** Error texts for rejected clients and their log lines. */
@TestMethodOrder(MethodOrderer.OrderAnnotation.class)
class RefusalsIT {
    private static final long OPTION_MAGIC = 0x49484156454F5054L;
    private static final int FIXED_NEWSTYLE_NO_ZEROES = 3;
    private static final int EXPORT_NAME = 1;
    private static final int INFO = 6;
    private static final int MAX_STRING_BYTES = 4096;
    private static final int FLOOD = 3000;

    /** Characters that would colour, hide or reverse the rest of a line if they were printed. */
    private static final List<String> INVISIBLE =
            List.of("\u001b", "\u009b", "\u0085", "\u202e", "\u2066", "\u200b", "\n");

    @TempDir
    private static Path home;

    private static Weir weir;

    @BeforeAll
    static void start() {
        weir = Weir.start(home, "-drive", "id=vm1,memory=1M");
    }

    @AfterAll
    static void stop() {
        if (weir != null) {
            weir.close();
        }
    }

    private static SocketChannel connect() throws IOException {
        SocketChannel client = SocketChannel.open(UnixDomainSocketAddress.of(weir.socket()));
        RawNbd.receive(client, 18);
        client.write(ByteBuffer.allocate(4).putInt(FIXED_NEWSTYLE_NO_ZEROES).flip());
        return client;
    }

    private static void option(SocketChannel client, int option, ByteBuffer data) throws IOException {
        ByteBuffer bytes = ByteBuffer.allocate(16 + data.remaining())
                .putLong(OPTION_MAGIC)
                .putInt(option)
                .putInt(data.remaining())
                .put(data)
                .flip();
        while (bytes.hasRemaining()) {
            client.write(bytes);
        }
    }

    /** Requests a missing export and returns the error text. */
    private static byte[] refusal(SocketChannel client, String export) throws IOException {
        byte[] name = export.getBytes(UTF_8);
        option(
                client,
                INFO,
                ByteBuffer.allocate(4 + name.length + 2)
                        .putInt(name.length)
                        .put(name)
                        .putShort((short) 0)
                        .flip());
        ByteBuffer header = RawNbd.receive(client, 20);
        return RawNbd.receive(client, header.getInt(16)).array();
    }

    @Test
    void errorForALongNameKeepsTheProtocolBound() throws IOException {
        try (SocketChannel client = connect()) {
            for (String letter : List.of("n", "ö", "日")) {
                String name = letter.repeat(MAX_STRING_BYTES / letter.getBytes(UTF_8).length);
                byte[] text = refusal(client, name);
                assertTrue(text.length <= MAX_STRING_BYTES, letter + ": " + text.length);
                assertTrue(new String(text, UTF_8).startsWith("no drive is named '" + letter), new String(text, UTF_8));
                assertEquals(-1, new String(text, UTF_8).indexOf('\ufffd'), "a character was cut");
            }
        }
    }

    @Test
    void invisibleCharactersOfANameAreNotRepeated() throws IOException {
        String name = "evil" + String.join("x", INVISIBLE) + "name";
        try (SocketChannel client = connect();
                SocketChannel other = connect()) {
            assertEquals("no drive is named 'evil?x?x?x?x?x?x?name'", new String(refusal(client, name), UTF_8));
            option(other, EXPORT_NAME, ByteBuffer.wrap(name.getBytes(UTF_8)));
            assertEquals(-1, other.read(ByteBuffer.allocate(1)));
        }
        weir.awaitLogged("no drive is named 'evil?x?x?x?x?x?x?name'", 0);
        for (String character : INVISIBLE.subList(0, INVISIBLE.size() - 1)) {
            assertEquals(
                    0, weir.countLogged(character), () -> "U+%04x is in the log".formatted((int) character.charAt(0)));
        }
    }

    /**
     * Each client could log a line of 4 KiB. The log then suppresses lines for some seconds, so this test runs last.
     */
    @Test
    @Order(Integer.MAX_VALUE)
    void floodOfRefusedClientsLeavesTheLogShort() throws IOException {
        long before = weir.logged();
        for (int i = 0; i < FLOOD; i++) {
            try (SocketChannel client = connect()) {
                option(client, EXPORT_NAME, ByteBuffer.wrap(("f".repeat(4090) + i).getBytes(UTF_8)));
                assertEquals(-1, client.read(ByteBuffer.allocate(1)));
            }
        }
        long written = weir.logged() - before;
        assertTrue(written < 64 << 10, written + " bytes of log");
    }
}
