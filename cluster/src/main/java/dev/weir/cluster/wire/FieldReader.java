package dev.weir.cluster.wire;

import static java.nio.charset.StandardCharsets.US_ASCII;
import static java.nio.charset.StandardCharsets.UTF_8;

import dev.weir.cluster.message.Rates;
import dev.weir.throttle.LimitKey;
import java.nio.ByteBuffer;
import java.nio.charset.CharacterCodingException;

/**
 * Reads fields: a tag, a length and the value. Each method throws {@link IllegalArgumentException} if the bytes are
 * malformed. Not thread-safe.
 */
final class FieldReader {
    private static final int SEVEN_BITS = 0x7F;
    private static final int LONGEST_VARINT = 10;

    private final byte[] in;
    private final int end;
    private int at;

    /** Reads the bytes from {@code begin} to {@code end}. */
    FieldReader(byte[] in, int begin, int end) {
        this.in = in;
        this.at = begin;
        this.end = end;
    }

    boolean hasNext() {
        return at < end;
    }

    /** Returns the tag of the next field. Its value follows. */
    int tag() {
        return in[at++] & 0xFF;
    }

    /** Returns the value of the field whose tag was read last. */
    FieldReader value() {
        long length = varint();
        if (length < 0 || length > end - at) {
            throw new IllegalArgumentException("a field of " + length + " bytes in the " + (end - at) + " left");
        }
        FieldReader value = new FieldReader(in, at, at + (int) length);
        at += (int) length;
        return value;
    }

    /** Returns the value as a number. */
    long number() {
        return varint();
    }

    /** Returns the value as a number of 0 or more. */
    long amount() {
        long value = varint();
        if (value < 0) {
            throw new IllegalArgumentException("the amount " + value + " is negative");
        }
        return value;
    }

    /** Returns the value as a number of 0 or more. One that exceeds an int is the largest int. */
    int count() {
        return (int) Math.min(amount(), Integer.MAX_VALUE);
    }

    String text(int longest) {
        int length = end - at;
        if (length > longest) {
            throw new IllegalArgumentException("a text of " + length + " bytes, at most " + longest);
        }
        if (isAscii()) {
            return new String(in, at, length, US_ASCII);
        }
        try {
            return UTF_8.newDecoder().decode(ByteBuffer.wrap(in, at, length)).toString();
        } catch (CharacterCodingException e) {
            throw new IllegalArgumentException("a text that is not UTF-8", e);
        }
    }

    private boolean isAscii() {
        for (int i = at; i < end; i++) {
            if (in[i] < 0) {
                return false;
            }
        }
        return true;
    }

    Rates rates() {
        long mask = varint();
        long[] amounts = new long[LimitKey.ALL.size()];
        for (int i = 0; i < amounts.length; i++) {
            amounts[i] = (mask & (1L << i)) == 0 ? 0 : amount();
        }
        return Rates.of(key -> amounts[key.ordinal()]);
    }

    private long varint() {
        long value = 0;
        for (int i = 0; i < LONGEST_VARINT; i++) {
            if (at >= end) {
                throw new IllegalArgumentException("a number without end");
            }
            byte next = in[at++];
            value |= (long) (next & SEVEN_BITS) << (7 * i);
            if (next >= 0) {
                return value;
            }
        }
        throw new IllegalArgumentException("a number of more than " + LONGEST_VARINT + " bytes");
    }
}
