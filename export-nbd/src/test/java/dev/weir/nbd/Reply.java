package dev.weir.nbd;

import static org.junit.jupiter.api.Assertions.assertEquals;

import java.nio.ByteBuffer;

/** A simple reply, with the data of a read if it has any. */
record Reply(long cookie, int error, ByteBuffer data) {

    static Reply ok(long cookie, byte... data) {
        return new Reply(cookie, Nbd.NBD_SUCCESS, ByteBuffer.wrap(data));
    }

    static Reply error(long cookie, int error) {
        return new Reply(cookie, error, ByteBuffer.allocate(0));
    }

    /** Takes the reply's header; what data follows depends on the request. */
    static Reply takeHeader(ByteBuffer from) {
        assertEquals(Nbd.NBD_SIMPLE_REPLY_MAGIC, from.getInt());
        int error = from.getInt();
        return error(from.getLong(), error);
    }

    Reply with(ByteBuffer newData) {
        return new Reply(cookie, error, newData);
    }
}
