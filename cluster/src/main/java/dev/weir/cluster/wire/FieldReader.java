package dev.weir.cluster.wire;

import dev.weir.cluster.message.Rates;
import dev.weir.throttle.LimitKey;
import java.nio.ByteBuffer;
import java.nio.charset.CharacterCodingException;
import java.nio.charset.StandardCharsets;

/**
 * Reads fields: a tag, a length and the value. Each method throws {@link IllegalArgumentException} if the bytes are
 * malformed. Not thread-safe.
 */
final class FieldReader {
    private static final int SEVEN_BITS = 0x7F;
    private static final int LONGEST_VARINT = 10;

    private final ByteBuffer in;

    FieldReader(ByteBuffer in) {
        this.in = in;
    }

    boolean hasNext() {
        return in.hasRemaining();
    }

    /** Returns the tag of the next field. Its value follows. */
    int tag() {
        return in.get() & 0xFF;
    }

    /** Returns the value of the field whose tag was read last. */
    FieldReader value() {
        long length = varint();
        if (length < 0 || length > in.remaining()) {
            throw new IllegalArgumentException("a field of " + length + " bytes in the " + in.remaining() + " left");
        }
        ByteBuffer value = in.slice(in.position(), (int) length);
        in.position(in.position() + (int) length);
        return new FieldReader(value);
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
        if (in.remaining() > longest) {
            throw new IllegalArgumentException("a text of " + in.remaining() + " bytes, at most " + longest);
        }
        try {
            return StandardCharsets.UTF_8.newDecoder().decode(in).toString();
        } catch (CharacterCodingException e) {
            throw new IllegalArgumentException("a text that is not UTF-8", e);
        }
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
            if (!in.hasRemaining()) {
                throw new IllegalArgumentException("a number without end");
            }
            byte next = in.get();
            value |= (long) (next & SEVEN_BITS) << (7 * i);
            if (next >= 0) {
                return value;
            }
        }
        throw new IllegalArgumentException("a number of more than " + LONGEST_VARINT + " bytes");
    }
}
