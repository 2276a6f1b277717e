package dev.weir.nbd.protocol;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;

import dev.weir.nbd.MemoryDrive;
import dev.weir.nbd.NbdClient;
import dev.weir.nbd.NbdClient.OptionReply;
import dev.weir.nbd.connection.Exports;
import dev.weir.nbd.protocol.HandshakeCodec.Step;
import dev.weir.nbd.spec.Nbd;
import dev.weir.nbd.wire.Identity;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.BeforeEach;

/** Two drives, a handshake without TLS and helpers for messages of a client. */
abstract class HandshakeFixture {
    static final int FLAGS = Nbd.NBD_FLAG_C_FIXED_NEWSTYLE | Nbd.NBD_FLAG_C_NO_ZEROES;
    static final int WRITABLE = Nbd.NBD_FLAG_HAS_FLAGS
            | Nbd.NBD_FLAG_SEND_FLUSH
            | Nbd.NBD_FLAG_SEND_FUA
            | Nbd.NBD_FLAG_SEND_TRIM
            | Nbd.NBD_FLAG_SEND_WRITE_ZEROES
            | Nbd.NBD_FLAG_SEND_FAST_ZERO
            | Nbd.NBD_FLAG_SEND_CACHE
            | Nbd.NBD_FLAG_CAN_MULTI_CONN;

    final MemoryDrive vm1 = new MemoryDrive("vm1", 1 << 20, false);
    final MemoryDrive golden = new MemoryDrive("gölden", 4096, true);
    final Exports exports = new Exports();
    final HandshakeCodec handshake = fresh(TlsMode.OFF);

    @BeforeEach
    void offerTwoDrives() {
        exports.add(vm1);
        exports.add(golden);
    }

    final HandshakeCodec fresh(TlsMode tls) {
        return new HandshakeCodec(exports.visibleTo(() -> Identity.UNKNOWN), tls);
    }

    final ByteBuffer output() {
        return ByteBuffer.wrap(handshake.output());
    }

    final void begin(int flags) {
        begin(handshake, flags);
    }

    static void begin(HandshakeCodec with, int flags) {
        with.output();
        assertEquals(Step.TAKEN, with.take(ByteBuffer.allocate(4).putInt(flags).flip()));
    }

    final Step option(int option, byte... data) {
        return option(handshake, option, data);
    }

    static Step option(HandshakeCodec with, int option, byte... data) {
        ByteBuffer in = ByteBuffer.wrap(NbdClient.option(option, data));
        Step step = with.take(in);
        assertFalse(in.hasRemaining());
        return step;
    }

    /** Returns the final reply to an option after which the handshake continues. */
    final OptionReply last(int option, byte... data) {
        assertEquals(Step.TAKEN, option(option, data));
        List<OptionReply> replies = replies();
        return replies.get(replies.size() - 1);
    }

    final List<OptionReply> replies() {
        return replies(handshake);
    }

    static List<OptionReply> replies(HandshakeCodec by) {
        List<OptionReply> replies = new ArrayList<>();
        ByteBuffer output = ByteBuffer.wrap(by.output());
        while (output.hasRemaining()) {
            assertEquals(0x3e889045565a9L, output.getLong());
            int option = output.getInt();
            int type = output.getInt();
            byte[] data = new byte[output.getInt()];
            output.get(data);
            replies.add(new OptionReply(option, type, ByteBuffer.wrap(data)));
        }
        return replies;
    }

    static List<Integer> types(List<OptionReply> replies) {
        return replies.stream().map(OptionReply::type).toList();
    }

    static void assertExport(ByteBuffer answer, long size, int flags, int zeroes) {
        assertEquals(size, answer.getLong());
        assertEquals(flags, answer.getShort());
        assertEquals(zeroes, answer.remaining());
        while (answer.hasRemaining()) {
            assertEquals(0, answer.get());
        }
    }
}
