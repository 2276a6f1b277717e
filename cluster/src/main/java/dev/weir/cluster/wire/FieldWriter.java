package dev.weir.cluster.wire;

import dev.weir.cluster.message.Rates;
import dev.weir.throttle.LimitKey;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;

/** Writes fields: a tag, a length and the value. Not thread-safe. */
final class FieldWriter {
    private static final int SEVEN_BITS = 0x7F;
    private static final int FIRST_SIZE = 64;
    private static final int LONGEST_VARINT = 10;

    private byte[] out = new byte[FIRST_SIZE];
    private int size;

    /** Writes a number unless it is 0, which is the default. */
    FieldWriter number(int tag, long value) {
        if (value != 0) {
            begin(tag, length(value));
            varint(value);
        }
        return this;
    }

    FieldWriter text(int tag, String value) {
        return bytes(tag, value.getBytes(StandardCharsets.UTF_8));
    }

    /** Writes the amounts that are not 0: a mask and the amounts. */
    FieldWriter rates(int tag, Rates rates) {
        int mask = 0;
        int length = 0;
        for (LimitKey key : LimitKey.ALL) {
            long amount = rates.get(key);
            mask |= amount == 0 ? 0 : 1 << key.ordinal();
            length += amount == 0 ? 0 : length(amount);
        }
        if (mask == 0) {
            return this;
        }
        begin(tag, length(mask) + length);
        varint(mask);
        for (LimitKey key : LimitKey.ALL) {
            if (rates.get(key) != 0) {
                varint(rates.get(key));
            }
        }
        return this;
    }

    FieldWriter bytes(int tag, byte[] value) {
        begin(tag, value.length);
        System.arraycopy(value, 0, out, size, value.length);
        size += value.length;
        return this;
    }

    /** Writes a field whose value is the content of another writer. */
    FieldWriter fields(int tag, FieldWriter value) {
        begin(tag, value.size);
        System.arraycopy(value.out, 0, out, size, value.size);
        size += value.size;
        return this;
    }

    /** Removes all fields. */
    FieldWriter clear() {
        size = 0;
        return this;
    }

    private void begin(int tag, int length) {
        int needed = size + 1 + LONGEST_VARINT + length;
        if (needed > out.length) {
            out = Arrays.copyOf(out, Math.max(needed, 2 * out.length));
        }
        out[size++] = (byte) tag;
        varint(length);
    }

    private static int length(long value) {
        int bits = Long.SIZE - Long.numberOfLeadingZeros(value | 1);
        return (bits + 6) / 7;
    }

    /** Writes a number. {@link #begin} has made the room. */
    private void varint(long value) {
        long rest = value;
        while ((rest & ~SEVEN_BITS) != 0) {
            out[size++] = (byte) ((rest & SEVEN_BITS) | (SEVEN_BITS + 1));
            rest >>>= 7;
        }
        out[size++] = (byte) rest;
    }

    byte[] toBytes() {
        return Arrays.copyOf(out, size);
    }
}
