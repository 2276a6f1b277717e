package dev.weir.backend.nbd.protocol;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;

import dev.weir.nbd.spec.Nbd;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;

/** Handshakes with servers that refuse or break the protocol. */
class ClientHandshakeTest {
    private final List<ByteBuffer> sent = new ArrayList<>();
    private ClientHandshake handshake = new ClientHandshake("disk", false, sent::add);

    private static ByteBuffer greeting(long magic, long style) {
        return ByteBuffer.allocate(18)
                .putLong(magic)
                .putLong(style)
                .putShort((short) Nbd.NBD_FLAG_FIXED_NEWSTYLE)
                .flip();
    }

    private static ByteBuffer reply(int option, int type, byte[] data) {
        return ByteBuffer.allocate(20 + data.length)
                .putLong(Nbd.NBD_REP_MAGIC)
                .putInt(option)
                .putInt(type)
                .putInt(data.length)
                .put(data)
                .flip();
    }

    private static String failure(ClientHandshake of, ByteBuffer bytes) {
        return String.valueOf(
                assertThrows(ProtocolException.class, () -> of.receive(bytes)).getMessage());
    }

    /** Brings the handshake to its last option without extensions. */
    private void untilGo() throws ProtocolException {
        handshake.receive(greeting(Nbd.NBDMAGIC, Nbd.IHAVEOPT));
        handshake.receive(reply(Nbd.NBD_OPT_EXTENDED_HEADERS, Nbd.NBD_REP_ERR_UNSUP, new byte[0]));
        handshake.receive(reply(Nbd.NBD_OPT_STRUCTURED_REPLY, Nbd.NBD_REP_ERR_UNSUP, new byte[0]));
    }

    @Test
    void otherServersAreNamed() {
        assertEquals("it is not an NBD server", failure(handshake, ByteBuffer.wrap("HTTP/1.1 400".getBytes(UTF_8))));
        assertEquals("it is not an NBD server", failure(handshake, greeting(Nbd.NBDMAGIC, 7)));
        assertEquals(
                "it has only the oldstyle handshake, which Weir does not speak",
                failure(handshake, greeting(Nbd.NBDMAGIC, Nbd.OLDSTYLE_MAGIC)));
    }

    @Test
    void refusalsAreNamedWithTheServersWords() throws ProtocolException {
        assertEquals("it has no export disk (try another?)", refusal(Nbd.NBD_REP_ERR_UNKNOWN, "try another\u0007"));
        assertEquals("it demands TLS: use nbds in place of nbd", refusal(Nbd.NBD_REP_ERR_TLS_REQD, ""));
        assertEquals("it is shutting down", refusal(Nbd.NBD_REP_ERR_SHUTDOWN, ""));
    }

    /** Returns the failure of a new handshake whose last option a server refuses. It must end with an abort. */
    private String refusal(int type, String words) throws ProtocolException {
        handshake = new ClientHandshake("disk", false, sent::add);
        untilGo();
        String failure = failure(handshake, reply(Nbd.NBD_OPT_GO, type, words.getBytes(UTF_8)));
        assertEquals(Nbd.NBD_OPT_ABORT, sent.get(sent.size() - 1).getInt(Long.BYTES));
        return failure;
    }

    @Test
    void brokenAnswersEndTheHandshake() throws ProtocolException {
        untilGo();
        int go = Nbd.NBD_OPT_GO;
        assertEquals("it answers an option with something else", failure(handshake, reply(1, 1, new byte[0])));
        assertEquals("it answers an option with something else", failure(handshake, reply(go, 99, new byte[0])));
        assertEquals(
                "it answers an option with 9000 bytes: at most 8256 are allowed",
                failure(handshake, reply(go, 3, new byte[9000])));
        assertEquals(
                "it describes its export with 3 bytes in place of 12", failure(handshake, reply(go, 3, new byte[3])));
        assertEquals(
                "its export has 18446744073709551615 bytes: Weir needs 1 to 2^63 - 1",
                failure(handshake, reply(go, Nbd.NBD_REP_ACK, new byte[0])));
    }

    @Test
    void bytesMayArriveOneByOne() throws ProtocolException {
        ByteBuffer all = greeting(Nbd.NBDMAGIC, Nbd.IHAVEOPT);
        for (int i = 1; i < all.limit(); i++) {
            handshake.receive(all.duplicate().limit(i));
            assertEquals(List.of(), sent);
        }
        handshake.receive(all);
        assertEquals(2, sent.size());
    }

    @Test
    void serverWithoutTlsIsRefusedForTls() throws ProtocolException {
        ClientHandshake secure = new ClientHandshake("disk", true, sent::add);
        secure.receive(greeting(Nbd.NBDMAGIC, Nbd.IHAVEOPT));

        assertEquals(
                "it offers no TLS", failure(secure, reply(Nbd.NBD_OPT_STARTTLS, Nbd.NBD_REP_ERR_POLICY, new byte[0])));
    }
}
