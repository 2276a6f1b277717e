package dev.weir.cluster.wire;

import dev.weir.cluster.message.Rates;
import dev.weir.throttle.LimitKey;
import java.io.ByteArrayOutputStream;
import java.nio.charset.StandardCharsets;

/** Writes fields: a tag, a length and the value. Not thread-safe. */
final class FieldWriter {
    private static final int SEVEN_BITS = 0x7F;

    private final ByteArrayOutputStream out = new ByteArrayOutputStream();

    /** Writes a number unless it is 0, which is the default. */
    FieldWriter number(int tag, long value) {
        if (value != 0) {
            FieldWriter inner = new FieldWriter();
            inner.varint(value);
            bytes(tag, inner.toBytes());
        }
        return this;
    }

    FieldWriter text(int tag, String value) {
        return bytes(tag, value.getBytes(StandardCharsets.UTF_8));
    }

    /** Writes the amounts that are not 0: a mask and the amounts. */
    FieldWriter rates(int tag, Rates rates) {
        if (rates.isEmpty()) {
            return this;
        }
        FieldWriter inner = new FieldWriter();
        int mask = 0;
        for (LimitKey key : LimitKey.ALL) {
            mask |= rates.get(key) == 0 ? 0 : 1 << key.ordinal();
        }
        inner.varint(mask);
        for (LimitKey key : LimitKey.ALL) {
            if (rates.get(key) != 0) {
                inner.varint(rates.get(key));
            }
        }
        return bytes(tag, inner.toBytes());
    }

    FieldWriter bytes(int tag, byte[] value) {
        out.write(tag);
        varint(value.length);
        out.writeBytes(value);
        return this;
    }

    private void varint(long value) {
        long rest = value;
        while ((rest & ~SEVEN_BITS) != 0) {
            out.write((int) (rest & SEVEN_BITS) | SEVEN_BITS + 1);
            rest >>>= 7;
        }
        out.write((int) rest);
    }

    byte[] toBytes() {
        return out.toByteArray();
    }
}
