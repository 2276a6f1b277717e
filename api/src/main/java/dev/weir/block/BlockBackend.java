package dev.weir.block;

import java.io.IOException;
import java.nio.ByteBuffer;
import org.osgi.annotation.versioning.ConsumerType;

/**
 * The storage of one drive as a plain blocking interface.
 *
 * <p>Thread-safe: the engine runs any number of operations at once on any thread. If two overlap in bytes and in time
 * then either may win. The engine checks range and permission first. Offset and length lie within {@link #size()} and
 * a length is positive. A read-only backend gets no writes. The engine calls {@link #close()} once after the last
 * operation.
 *
 * <p>A failed operation throws an {@link IOException}. A {@link BlockException} carries the error for the client. Any
 * other exception reaches the client as {@link BlockError#EIO}.
 *
 * <p>The defaults of the optional methods are correct for every backend and exist for speed.
 */
@ConsumerType
public interface BlockBackend {

    /** {@return the size in bytes; constant while the backend is open} */
    long size();

    /**
     * {@return whether an operation may wait for something slower than memory} The engine runs the operations of a
     * blocking backend on worker threads, and those of other backends on the thread that submits or releases the
     * request.
     */
    boolean mayBlock();

    /**
     * {@return whether the storage serialises {@linkplain #write writes} anyway, as one file does} One worker then
     * executes them in order of arrival. Otherwise many workers would wait for each other. Writes with force unit
     * access (FUA) are exempt.
     */
    default boolean writesInTurn() {
        return false;
    }

    /**
     * Fills {@code destination} from its position to its limit.
     *
     * @param destination a direct or heap buffer; on return its position is its limit
     * @param offset offset in the drive (bytes)
     * @throws IOException if not all bytes could be read
     */
    void read(ByteBuffer destination, long offset) throws IOException;

    /**
     * Reads as {@link #read} does, but only if the bytes are cached: it must take no longer than a copy. The engine
     * calls it on threads that must not wait. If it fails then a worker calls {@link #read}.
     *
     * @param destination as for {@link #read}
     * @param offset offset in the drive (bytes)
     * @return whether the read is done; if not, the position of {@code destination} is unchanged
     */
    default boolean readNow(ByteBuffer destination, long offset) {
        return false;
    }

    /**
     * Lends the memory that holds a range for zero-copy reads. The bytes go from there to the socket. The engine asks
     * only a backend that {@linkplain #mayBlock does not block}. It calls {@link #read} unless the whole range was
     * lent.
     *
     * @param offset offset in the drive (bytes)
     * @param length length (bytes)
     * @param borrower takes the range in ascending, non-empty parts before this returns; gives back every part, also
     *     of an incomplete range
     * @return whether the whole range was lent
     */
    default boolean lend(long offset, long length, Borrower borrower) {
        return false;
    }

    /**
     * Writes {@code source} from its position to its limit. The data is durable only after {@link #flush()}.
     *
     * @param source a direct or heap buffer; on return its position is its limit
     * @param offset offset in the drive (bytes)
     * @throws IOException if not all bytes could be written
     */
    void write(ByteBuffer source, long offset) throws IOException;

    /**
     * Makes a range read as zeroes.
     *
     * @param offset offset in the drive (bytes)
     * @param length length (bytes)
     * @param mayUnmap whether the backend may deallocate the range; a later write may then find no space
     * @throws IOException if some of the range could not be zeroed
     */
    void writeZeroes(long offset, long length, boolean mayUnmap) throws IOException;

    /**
     * {@return whether {@link #writeZeroes} is faster than a {@link #write} of as many zeroes} If not, a fast-zero
     * request of a client fails with {@link BlockError#ENOTSUP} at once. Never blocks.
     *
     * @param mayUnmap as for {@link #writeZeroes}
     */
    default boolean zeroesFast(boolean mayUnmap) {
        return false;
    }

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
     * the visitor stops. The default reports data only.
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
     * far as the storage can promise that.
     *
     * @throws IOException if the storage cannot promise it
     */
    void flush() throws IOException;

    /**
     * Checks that the storage is still usable. For example its file may have been deleted. The engine calls this
     * every few seconds if the backend {@linkplain #mayBlock may block}. While it fails the drive shows the message
     * as its reason.
     *
     * @throws IOException if writes would be lost; the message names the thing and the remedy
     */
    default void check() throws IOException {}

    /**
     * Releases the storage.
     *
     * @throws IOException if written data may be lost
     */
    void close() throws IOException;
}
