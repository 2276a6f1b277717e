package dev.weir.nbd.protocol;

import static java.nio.charset.StandardCharsets.UTF_8;

import dev.weir.drive.Drive;
import dev.weir.nbd.spec.Nbd;
import java.io.ByteArrayOutputStream;
import java.nio.ByteBuffer;
import java.util.Arrays;

/**
 * Encodes the server's messages of the handshake.
 *
 * <p>Not thread-safe.
 */
final class HandshakeOutput {
    private static final int HANDSHAKE_FLAGS = Nbd.NBD_FLAG_FIXED_NEWSTYLE | Nbd.NBD_FLAG_NO_ZEROES;
    private static final int RESERVED_BYTES = 124;

    private static final int SMALL_BYTES = 64;
    private static final byte[] NOTHING = {};

    /** Leading bits of a UTF-8 byte that continues a character. */
    private static final int CONTINUATION = 0b1000_0000;

    private static final int CONTINUATION_MASK = 0b1100_0000;

    private static final int PREFERRED_BLOCK_BYTES = 4096;

    private ByteArrayOutputStream bytes = new ByteArrayOutputStream(SMALL_BYTES);

    /** Returns and forgets the bytes added since the last call; possibly empty. */
    byte[] take() {
        if (bytes.size() == 0) {
            return NOTHING;
        }
        byte[] said = bytes.toByteArray();
        bytes = new ByteArrayOutputStream(SMALL_BYTES);
        return said;
    }

    /** Returns the number of bytes that {@link #take} would return. */
    int size() {
        return bytes.size();
    }

    void greet() {
        byte[] greeting = new byte[18];
        ByteBuffer.wrap(greeting).putLong(Nbd.NBDMAGIC).putLong(Nbd.IHAVEOPT).putShort((short) HANDSHAKE_FLAGS);
        bytes.writeBytes(greeting);
    }

    /** Answers {@code NBD_OPT_EXPORT_NAME}. Its format is unlike that of other options. */
    void export(NegotiatedSession agreement, boolean zeroes) {
        byte[] answer = new byte[10];
        ByteBuffer.wrap(answer).putLong(agreement.drive().size()).putShort((short) agreement.transmissionFlags());
        bytes.writeBytes(answer);
        if (zeroes) {
            bytes.writeBytes(new byte[RESERVED_BYTES]);
        }
    }

    void ack(int option) {
        reply(option, Nbd.NBD_REP_ACK, new byte[0]);
    }

    /** Rejects an option with a message. */
    void refuse(int option, int error, String why) {
        reply(option, error, utf8(why));
    }

    /** Returns a text cut to {@link Nbd#MAX_STRING_BYTES} at a character boundary. */
    private static byte[] utf8(String text) {
        byte[] all = text.getBytes(UTF_8);
        if (all.length <= Nbd.MAX_STRING_BYTES) {
            return all;
        }
        int end = Nbd.MAX_STRING_BYTES;
        while ((all[end] & CONTINUATION_MASK) == CONTINUATION) {
            end--;
        }
        return Arrays.copyOf(all, end);
    }

    void server(int option, Drive drive) {
        byte[] name = drive.name().getBytes(UTF_8);
        byte[] description = utf8(drive.description());
        byte[] data = new byte[Integer.BYTES + name.length + description.length];
        ByteBuffer.wrap(data).putInt(name.length).put(name).put(description);
        reply(option, Nbd.NBD_REP_SERVER, data);
    }

    /** Reports a listed or selected metadata context. */
    void metaContext(int option, int id, String name) {
        byte[] utf8 = name.getBytes(UTF_8);
        byte[] data = new byte[Integer.BYTES + utf8.length];
        ByteBuffer.wrap(data).putInt(id).put(utf8);
        reply(option, Nbd.NBD_REP_META_CONTEXT, data);
    }

    void infoExport(int option, NegotiatedSession agreement) {
        byte[] data = new byte[12];
        ByteBuffer.wrap(data)
                .putShort((short) Nbd.NBD_INFO_EXPORT)
                .putLong(agreement.drive().size())
                .putShort((short) agreement.transmissionFlags());
        reply(option, Nbd.NBD_REP_INFO, data);
    }

    void infoText(int option, int info, String text) {
        byte[] utf8 = utf8(text);
        byte[] data = new byte[Short.BYTES + utf8.length];
        ByteBuffer.wrap(data).putShort((short) info).put(utf8);
        reply(option, Nbd.NBD_REP_INFO, data);
    }

    void infoBlockSize(int option, int minimum) {
        byte[] data = new byte[14];
        ByteBuffer.wrap(data)
                .putShort((short) Nbd.NBD_INFO_BLOCK_SIZE)
                .putInt(minimum)
                .putInt(Math.max(minimum, PREFERRED_BLOCK_BYTES))
                .putInt(Drive.MAX_TRANSFER);
        reply(option, Nbd.NBD_REP_INFO, data);
    }

    private void reply(int option, int type, byte[] data) {
        byte[] header = new byte[20];
        ByteBuffer.wrap(header)
                .putLong(Nbd.NBD_REP_MAGIC)
                .putInt(option)
                .putInt(type)
                .putInt(data.length);
        bytes.writeBytes(header);
        bytes.writeBytes(data);
    }
}
