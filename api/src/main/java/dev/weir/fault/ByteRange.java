package dev.weir.fault;

/**
 * A range of a drive.
 *
 * <p>Immutable.
 *
 * @param offset the first byte
 * @param length the number of bytes; 1 or more
 */
public record ByteRange(long offset, long length) {

    /** {@return the first byte after the range} */
    public long end() {
        return offset + length;
    }

    /**
     * {@return whether another range has a byte in common}
     *
     * @param otherOffset its first byte
     * @param otherLength its length (bytes)
     */
    public boolean overlaps(long otherOffset, long otherLength) {
        return otherOffset < end() && offset < otherOffset + otherLength;
    }

    /** {@return the range as in a configuration file, such as {@code 1MiB+4KiB}} */
    @Override
    public String toString() {
        return Units.size(offset) + "+" + Units.size(length);
    }
}
