package dev.weir.nbd;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.code_intelligence.jazzer.junit.FuzzTest;
import dev.weir.nbd.connection.Exports;
import dev.weir.nbd.connection.FakeSocket;
import dev.weir.nbd.connection.ReplyQueue;
import dev.weir.nbd.connection.TransmissionCodec;
import dev.weir.nbd.net.BufferPool;
import dev.weir.nbd.protocol.HandshakeCodec;
import dev.weir.nbd.protocol.HandshakeCodec.Step;
import dev.weir.nbd.protocol.NegotiatedSession;
import dev.weir.nbd.protocol.ReplyWriter;
import dev.weir.nbd.protocol.TlsMode;
import dev.weir.nbd.wire.Identity;
import java.nio.ByteBuffer;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.Set;

/**
 * Fuzzes a server without sockets, from the client's flags to the end of transmission. Jazzer generates input by code
 * coverage. docs/evidence/fuzzing.md describes longer runs.
 */
class NbdFuzzTest {
    private static final int DRIVE_BYTES = 64 << 10;

    /** The first byte selects the TLS mode and the size of the pieces. */
    @FuzzTest(maxDuration = "10s")
    void whateverAClientSends(byte[] input) {
        if (input.length == 0) {
            return;
        }
        Exports exports = new Exports();
        exports.add(new MemoryDrive("a", DRIVE_BYTES, false));
        exports.add(new MemoryDrive("b", DRIVE_BYTES, true), Set.of("alice"));
        TlsMode tls = TlsMode.values()[(input[0] & 3) % 3];
        int piece = (input[0] & 4) == 0 ? input.length : 1 + (input[0] >> 3 & 15);
        HandshakeCodec handshake = new HandshakeCodec(exports.visibleTo(() -> Identity.UNKNOWN), tls);
        ByteBuffer in = ByteBuffer.wrap(input, 1, 0);
        Step step = Step.INCOMPLETE;
        while (step == Step.INCOMPLETE && more(in, piece)) {
            do {
                step = handshake.take(in);
                assertTrue(handshake.output().length < 1 << 20);
                if (step == Step.STARTTLS) {
                    handshake = handshake.overTls(exports.visibleTo(() -> Identity.of("alice")));
                }
            } while (step == Step.TAKEN || step == Step.STARTTLS);
        }
        assertEquals(step == Step.REFUSED, !handshake.fault().isEmpty());
        if (step == Step.TRANSMISSION) {
            transmit(handshake.agreement(), in, piece);
        }
    }

    /** Reveals that many more bytes. Returns whether any are left. */
    private static boolean more(ByteBuffer in, int piece) {
        int limit = in.limit();
        in.limit(Math.min(in.capacity(), limit + piece));
        return in.limit() > limit;
    }

    private static void transmit(NegotiatedSession agreement, ByteBuffer in, int piece) {
        BufferPool pool = new BufferPool(1 << 20, ReplyWriter.MAX_DATA_HEADER_BYTES);
        FakeSocket socket = new FakeSocket();
        ReplyQueue replies = socket.queue(pool);
        Deque<Runnable> tasks = new ArrayDeque<>();
        TransmissionCodec transmission = new TransmissionCodec("client", agreement, replies, pool, tasks::add);
        TransmissionCodec.State state;
        do {
            state = transmission.take(in);
            while (!tasks.isEmpty()) {
                tasks.remove().run();
            }
        } while (state == TransmissionCodec.State.INCOMPLETE && more(in, piece));
        assertEquals(
                state == TransmissionCodec.State.BROKEN, !transmission.fault().isEmpty());
        assertFalse(state == TransmissionCodec.State.FULL, "all that was asked is answered");
        transmission.close();
        replies.close();
        assertEquals(0, pool.lent());
        assertTrue(replies.isDone());
    }
}
