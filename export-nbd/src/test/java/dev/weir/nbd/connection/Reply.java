package dev.weir.nbd.connection;

import static org.junit.jupiter.api.Assertions.assertEquals;

import dev.weir.nbd.spec.Nbd;
import java.nio.ByteBuffer;

/** A simple reply with the data of a read if it has any. */
public record Reply(long cookie, int error, ByteBuffer data) {

    public static Reply ok(long cookie, byte... data) {
        return new Reply(cookie, Nbd.NBD_SUCCESS, ByteBuffer.wrap(data));
    }

    public static Reply error(long cookie, int error) {
        return new Reply(cookie, error, ByteBuffer.allocate(0));
    }

    /** Parses the header of a reply. The length of its data depends on the request. */
    public static Reply takeHeader(ByteBuffer from) {
        assertEquals(Nbd.NBD_SIMPLE_REPLY_MAGIC, from.getInt());
        int error = from.getInt();
        return error(from.getLong(), error);
    }

    public Reply with(ByteBuffer newData) {
        return new Reply(cookie, error, newData);
    }
}
