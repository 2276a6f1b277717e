package dev.weir.engine.storage;

import dev.weir.block.BlockStorage;
import java.io.IOException;

/**
 * The size and the permissions of a device at one moment.
 *
 * @param size the size (bytes)
 * @param blockSize the unit of offsets and lengths (bytes)
 * @param readOnly whether the device can only be read
 */
public record Geometry(long size, int blockSize, boolean readOnly) {
    private static final int MAX_BLOCK = 1 << 16;

    /**
     * Asks a device.
     *
     * @throws IOException if an answer breaks the contract of {@link BlockStorage}
     */
    static Geometry of(BlockStorage device) throws IOException {
        Geometry geometry = new Geometry(device.size(), device.blockSize(), device.readOnly());
        int unit = geometry.blockSize;
        if (unit < 1 || unit > MAX_BLOCK || Integer.bitCount(unit) != 1) {
            throw new IOException("its block size is %d: must be a power of two up to %d".formatted(unit, MAX_BLOCK));
        }
        if (geometry.size < 0 || geometry.size % unit != 0) {
            throw new IOException(
                    "its size is %d: must be a multiple of its block size %d".formatted(geometry.size, unit));
        }
        return geometry;
    }

    /** Returns whether clients of one must connect again to use the other. */
    public boolean isOtherFor(Geometry other) {
        return blockSize != other.blockSize || readOnly != other.readOnly;
    }
}
