package dev.weir.engine.storage;

import dev.weir.block.ExtentVisitor;
import java.io.IOException;
import org.jspecify.annotations.Nullable;

/**
 * The extents of a range on their way from a storage to a client. Extents after an impossible one do not reach the
 * client. The part of the range that the storage leaves out counts as data, which is always true.
 *
 * <p>Not thread-safe.
 */
final class CheckedExtents implements ExtentVisitor {
    private final ExtentVisitor client;
    private long left;
    private boolean isWanted = true;
    private @Nullable String fault;

    /**
     * Creates a visitor of a range.
     *
     * @param client takes the extents of the range
     * @param length length of the range (bytes)
     */
    CheckedExtents(ExtentVisitor client, long length) {
        this.client = client;
        this.left = length;
    }

    @Override
    public boolean extent(long length, boolean hole) {
        if (isWanted && (length < 1 || length > left)) {
            fault = "an extent of %d bytes: must be 1 to %d".formatted(length, left);
            isWanted = false;
        }
        if (isWanted) {
            left -= length;
            isWanted = client.extent(length, hole) && left > 0;
        }
        return isWanted;
    }

    /**
     * Ends the range.
     *
     * @throws IOException if an extent was impossible
     */
    void end() throws IOException {
        if (fault != null) {
            throw new IOException(fault);
        }
        if (isWanted && left > 0) {
            client.extent(left, false);
        }
    }
}
