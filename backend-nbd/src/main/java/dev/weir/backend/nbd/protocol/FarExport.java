package dev.weir.backend.nbd.protocol;

import dev.weir.drive.Drive;
import dev.weir.nbd.spec.Nbd;
import dev.weir.nbd.spec.NbdMode;
import dev.weir.unit.Measure;
import org.jspecify.annotations.Nullable;

/**
 * An export of a server as negotiated on one connection. Immutable.
 *
 * @param mode the framing of requests and replies
 * @param size the size of the export (bytes), 1 or more
 * @param flags the transmission flags
 * @param minBlock the unit of offsets and lengths (bytes), a power of two up to {@value #MAX_MIN_BLOCK}
 * @param maxPayload the longest read or write (bytes), a multiple of {@code minBlock}
 * @param allocationId the id of {@code base:allocation}; {@link #NO_ALLOCATION} if it was not negotiated
 */
public record FarExport(NbdMode mode, long size, int flags, int minBlock, int maxPayload, long allocationId) {
    /** Placeholder of a context id, which has 32 bits. */
    public static final long NO_ALLOCATION = -1;

    private static final int MAX_MIN_BLOCK = 64 << 10;

    /** Longest range without a payload in 32-bit requests (bytes). Every server takes it. */
    private static final long MAX_SHORT_RANGE = 1 << 30;

    /**
     * Checks the values of a server.
     *
     * @param maxBlock the largest block size of the server (bytes, unsigned)
     * @throws ProtocolException if the export cannot be used
     */
    static FarExport of(NbdMode mode, long size, int flags, long minBlock, long maxBlock, long allocationId)
            throws ProtocolException {
        if (size <= 0) {
            throw new ProtocolException(
                    "its export has " + Long.toUnsignedString(size) + " bytes: Weir needs 1 to 2^63 - 1");
        }
        if (Long.bitCount(minBlock) != 1 || minBlock > MAX_MIN_BLOCK) {
            throw new ProtocolException("its minimum block size is " + minBlock
                    + ": it must be a power of two of at most " + MAX_MIN_BLOCK);
        }
        if (size % minBlock != 0) {
            throw new ProtocolException("its size of " + Measure.sizeText(size)
                    + " is no multiple of its minimum block size of " + minBlock);
        }
        long maxPayload = Math.min(maxBlock, Drive.MAX_TRANSFER) / minBlock * minBlock;
        if (maxPayload == 0) {
            throw new ProtocolException(
                    "its maximum block size of " + maxBlock + " is less than its minimum of " + minBlock);
        }
        return new FarExport(
                mode,
                size,
                (flags & Nbd.NBD_FLAG_HAS_FLAGS) == 0 ? 0 : flags,
                (int) minBlock,
                (int) maxPayload,
                allocationId);
    }

    /** Returns whether the server has set a transmission flag. */
    public boolean has(int flag) {
        return (flags & flag) != 0;
    }

    /** Returns the longest range of a request without a payload (bytes). */
    public long maxRange() {
        return mode == NbdMode.EXTENDED ? Long.MAX_VALUE : MAX_SHORT_RANGE;
    }

    /** Returns whether another export differs in its size only. */
    public boolean isResized(FarExport other) {
        return size != other.size
                && equals(new FarExport(mode, size, other.flags, other.minBlock, other.maxPayload, other.allocationId))
                && mode == other.mode;
    }

    /**
     * Returns why this export cannot take the place of an earlier one after a reconnect. Null if it can. A larger
     * export can. A smaller one has lost data, or is another disk.
     *
     * @param earlierSize the last size of the export (bytes)
     * @param permittedSize a smaller size that is wanted (bytes); 0 for none
     */
    public @Nullable String differsFrom(FarExport earlier, long earlierSize, long permittedSize) {
        if (size < earlierSize && size != permittedSize) {
            return "its export has " + Measure.sizeText(size) + " and had " + Measure.sizeText(earlierSize)
                    + ": shrink the drive to that size, or reopen it";
        }
        if (minBlock > earlier.minBlock) {
            return "its minimum block size is " + minBlock + " and was " + earlier.minBlock + ": reopen the drive";
        }
        if (has(Nbd.NBD_FLAG_READ_ONLY) && !earlier.has(Nbd.NBD_FLAG_READ_ONLY)) {
            return "its export is read-only and was not";
        }
        if (!has(Nbd.NBD_FLAG_SEND_FLUSH) && earlier.has(Nbd.NBD_FLAG_SEND_FLUSH)) {
            return "its export cannot flush and could";
        }
        return null;
    }
}
