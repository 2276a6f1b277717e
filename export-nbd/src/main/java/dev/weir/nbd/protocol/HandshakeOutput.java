package dev.weir.nbd.protocol;

import static java.nio.charset.StandardCharsets.UTF_8;

import dev.weir.drive.Drive;
import java.io.ByteArrayOutputStream;
import java.nio.ByteBuffer;

/**
 * What a server says during the handshake, in bytes.
 *
 * <p>Not thread-safe.
 */
final class HandshakeOutput {
    private static final int HANDSHAKE_FLAGS = Nbd.NBD_FLAG_FIXED_NEWSTYLE | Nbd.NBD_FLAG_NO_ZEROES;
    private static final int RESERVED_BYTES = 124;

    private static final int MIN_BLOCK_BYTES = 1;
    private static final int PREFERRED_BLOCK_BYTES = 4096;

    private final ByteArrayOutputStream bytes = new ByteArrayOutputStream(64);

    /** Returns what was said since this was last asked, possibly nothing. */
    byte[] take() {
        byte[] said = bytes.toByteArray();
        bytes.reset();
        return said;
    }

    void greet() {
        byte[] greeting = new byte[18];
        ByteBuffer.wrap(greeting).putLong(Nbd.NBDMAGIC).putLong(Nbd.IHAVEOPT).putShort((short) HANDSHAKE_FLAGS);
        bytes.writeBytes(greeting);
    }

    /** Answers {@code NBD_OPT_EXPORT_NAME}, which has a form of its own. */
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

    /** Refuses an option and says why, for people. */
    void refuse(int option, int error, String why) {
        reply(option, error, why.getBytes(UTF_8));
    }

    void server(int option, Drive drive) {
        byte[] name = drive.name().getBytes(UTF_8);
        byte[] description = drive.description().getBytes(UTF_8);
        byte[] data = new byte[Integer.BYTES + name.length + description.length];
        ByteBuffer.wrap(data).putInt(name.length).put(name).put(description);
        reply(option, Nbd.NBD_REP_SERVER, data);
    }

    /** Names a metadata context that is there, or was selected. */
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
        byte[] utf8 = text.getBytes(UTF_8);
        byte[] data = new byte[Short.BYTES + utf8.length];
        ByteBuffer.wrap(data).putShort((short) info).put(utf8);
        reply(option, Nbd.NBD_REP_INFO, data);
    }

    void infoBlockSize(int option) {
        byte[] data = new byte[14];
        ByteBuffer.wrap(data)
                .putShort((short) Nbd.NBD_INFO_BLOCK_SIZE)
                .putInt(MIN_BLOCK_BYTES)
                .putInt(PREFERRED_BLOCK_BYTES)
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
