package dev.weir.nbd.connection;

import dev.weir.nbd.spec.Nbd;
import dev.weir.nbd.spec.NbdMode;
import java.io.ByteArrayOutputStream;
import java.nio.ByteBuffer;

/** Encodes the requests of a client in transmission, one after the other. */
public final class Requests {
    private final ByteArrayOutputStream bytes = new ByteArrayOutputStream();
    private final NbdMode mode;

    /** Makes requests with the headers of a mode. Extended headers of writes announce their payload. */
    public Requests() {
        this(NbdMode.SIMPLE);
    }

    /** Makes requests with the headers of this mode; those of writes announce their payload. */
    public Requests(NbdMode mode) {
        this.mode = mode;
    }

    public Requests read(long cookie, long offset, int length) {
        return request(0, Nbd.NBD_CMD_READ, cookie, offset, length);
    }

    public Requests write(long cookie, long offset, byte... payload) {
        return write(0, cookie, offset, payload);
    }

    public Requests write(int flags, long cookie, long offset, byte... payload) {
        int announcing = mode == NbdMode.EXTENDED ? Nbd.NBD_CMD_FLAG_PAYLOAD_LEN : 0;
        return request(flags | announcing, Nbd.NBD_CMD_WRITE, cookie, offset, payload.length)
                .raw(payload);
    }

    public Requests write(long cookie, long offset, ByteBuffer payload) {
        byte[] copy = new byte[payload.remaining()];
        payload.get(copy);
        return write(0, cookie, offset, copy);
    }

    public Requests flush(long cookie) {
        return request(0, Nbd.NBD_CMD_FLUSH, cookie, 0, 0);
    }

    public Requests disconnect() {
        return request(0, Nbd.NBD_CMD_DISC, 0, 0, 0);
    }

    /** Adds the header of a request. It is the whole request unless the command is a write. */
    public Requests request(int flags, int type, long cookie, long offset, long length) {
        byte[] header = new byte[mode.requestBytes];
        ByteBuffer to = ByteBuffer.wrap(header)
                .putInt(mode.requestMagic)
                .putShort((short) flags)
                .putShort((short) type)
                .putLong(cookie)
                .putLong(offset);
        if (mode == NbdMode.EXTENDED) {
            to.putLong(length);
        } else {
            to.putInt((int) length);
        }
        return raw(header);
    }

    public Requests raw(byte... data) {
        bytes.writeBytes(data);
        return this;
    }

    public byte[] toBytes() {
        return bytes.toByteArray();
    }
}
