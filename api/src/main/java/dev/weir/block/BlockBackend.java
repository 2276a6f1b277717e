package dev.weir.block;

import java.io.IOException;
import java.nio.ByteBuffer;
import org.osgi.annotation.versioning.ConsumerType;

/**
 * Storage with plain blocking operations: the simple way to write a backend. The engine runs them on worker threads.
 * {@link HintedBackend} adds hints for speed. Storage that completes its requests later is a {@link BlockDevice}.
 *
 * <p>Thread-safe: the engine runs any number of operations at once on any thread. If two overlap in bytes and in time
 * then either may win. The engine checks range and permission first. Offset and length lie within {@link #size()} and
 * are multiples of {@link #blockSize()}. A length is positive. A read or write has at most 32 MiB. A read-only backend
 * gets no writes, zeroing or trims, but it gets flushes. New storage reads as zeroes.
 *
 * <p>Flags of requests do not reach a backend. A write, zeroing or trim with force unit access (FUA) is followed by a
 * {@link #flush} before it completes. A fast zero is a {@link #writeZeroes}. It comes only if {@link #zeroesFast} is
 * true and fails with {@link BlockError#ENOTSUP} otherwise.
 *
 * <p>A failed operation throws an {@link IOException}. A {@link BlockException} carries the error for the client. Any
 * other exception reaches the client as {@link BlockError#EIO}.
 */
@ConsumerType
public interface BlockBackend extends BlockStorage {

    /**
     * Fills {@code destination} from its position to its limit.
     *
     * @param destination a direct or heap buffer; on return its position is its limit
     * @param offset offset in the drive (bytes)
     * @throws IOException if not all bytes could be read
     */
    void read(ByteBuffer destination, long offset) throws IOException;

    /**
     * Writes {@code source} from its position to its limit. The data is durable only after {@link #flush()}.
     *
     * @param source a direct or heap buffer; on return its position is its limit
     * @param offset offset in the drive (bytes)
     * @throws IOException if not all bytes could be written
     */
    void write(ByteBuffer source, long offset) throws IOException;

    /**
     * Makes a range read as zeroes. A hole may stay a hole.
     *
     * @param offset offset in the drive (bytes)
     * @param length length (bytes)
     * @param mayUnmap whether the backend may deallocate the range; a later write may then find no space; if not then
     *     data stays data
     * @throws IOException if some of the range could not be zeroed
     */
    void writeZeroes(long offset, long length, boolean mayUnmap) throws IOException;

    /**
     * Discards a range: deallocates its space. The content of the range is undefined afterwards. Doing nothing is
     * allowed.
     *
     * @param offset offset in the drive (bytes)
     * @param length length (bytes)
     * @throws IOException if the storage failed
     */
    void trim(long offset, long length) throws IOException;

    /**
     * Reports the data and the holes of a range in ascending order and without a gap. Covers the whole range unless
     * the visitor stops. A part that is left out counts as data. The default reports data only.
     *
     * @param offset offset in the drive (bytes)
     * @param length length (bytes)
     * @param visitor takes the extents on this thread before this returns
     * @throws IOException if the allocation could not be read
     */
    default void blockStatus(long offset, long length, ExtentVisitor visitor) throws IOException {
        visitor.extent(length, false);
    }

    /**
     * Prefetches a range if that makes reading it faster. Doing nothing is allowed.
     *
     * @param offset offset in the drive (bytes)
     * @param length length (bytes)
     * @throws IOException if the storage failed
     */
    default void cache(long offset, long length) throws IOException {}

    /**
     * Makes completed writes durable. Every write that completed before the call survives a crash of the machine, as
     * far as the storage can promise that. Storage in memory does nothing.
     *
     * @throws IOException if the storage cannot promise it
     */
    void flush() throws IOException;
}
