package dev.weir.block;

import java.io.IOException;
import java.nio.ByteBuffer;
import org.osgi.annotation.versioning.ConsumerType;

/**
 * The storage of one drive, written in the plain, blocking way.
 *
 * <p>Thread-safe: the engine runs any number of operations at once, on any thread. Of two that overlap in bytes and
 * in time, either may win. The engine checks range and permission first: offset and length lie within {@link
 * #size()}, a length is positive, and a read-only backend gets no writes. It calls {@link #close()} once, after the
 * last operation.
 *
 * <p>A failed operation throws an {@link IOException}. A {@link BlockException} carries the error for the client; any
 * other exception reaches the client as {@link BlockError#EIO}.
 *
 * <p>Only {@link #size}, {@link #mayBlock}, {@link #read}, {@link #write}, {@link #writeZeroes}, {@link #trim},
 * {@link #flush} and {@link #close} are required. The defaults of the other methods are correct for every backend;
 * they exist for speed.
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
     * executes them in order, instead of many workers that wait for each other. Writes with force unit access (FUA)
     * are exempt.
     */
    default boolean writesInTurn() {
        return false;
    }

    /**
     * Fills {@code destination} from its position to its limit.
     *
     * @param destination a direct or heap buffer; on return its position is its limit
     * @param offset offset in the drive, in bytes
     * @throws IOException if not all bytes could be read
     */
    void read(ByteBuffer destination, long offset) throws IOException;

    /**
     * Reads as {@link #read} does if the bytes are cached, so that it takes no longer than a copy. The engine calls
     * it on threads that must not wait, before it hands a read of a {@linkplain #mayBlock blocking} backend to a
     * worker.
     *
     * @param destination as for {@link #read}
     * @param offset offset in the drive, in bytes
     * @return whether the read is done; if not, the position of {@code destination} is unchanged
     */
    default boolean readNow(ByteBuffer destination, long offset) {
        return false;
    }

    /**
     * Lends the memory that holds a range, for zero-copy reads: the bytes go from there to the socket. The engine
     * asks a backend that {@linkplain #mayBlock does not block}, and calls {@link #read} if not the whole range was
     * lent.
     *
     * @param offset offset in the drive, in bytes
     * @param length length in bytes
     * @param borrower takes the range in order, in non-empty parts, before this returns; it gives back every part,
     *     also of an incomplete range
     * @return whether the whole range was lent
     */
    default boolean lend(long offset, long length, Borrower borrower) {
        return false;
    }

    /**
     * Writes {@code source} from its position to its limit. The data is durable only after {@link #flush()}.
     *
     * @param source a direct or heap buffer; on return its position is its limit
     * @param offset offset in the drive, in bytes
     * @throws IOException if not all bytes could be written
     */
    void write(ByteBuffer source, long offset) throws IOException;

    /**
     * Makes a range read as zeroes.
     *
     * @param offset offset in the drive, in bytes
     * @param length length in bytes
     * @param mayUnmap whether the backend may deallocate the range, so that a later write may find no space
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
     * Discards a range: deallocates its space. The content of the range is undefined afterwards; doing nothing is
     * allowed.
     *
     * @param offset offset in the drive, in bytes
     * @param length length in bytes
     * @throws IOException if the storage failed
     */
    void trim(long offset, long length) throws IOException;

    /**
     * Reports the data and the holes of a range, in order and without a gap. Covers the whole range, or less if the
     * visitor stops. The default reports data only.
     *
     * @param offset offset in the drive, in bytes
     * @param length length in bytes
     * @param visitor takes the extents on this thread, before this returns
     * @throws IOException if the allocation could not be read
     */
    default void blockStatus(long offset, long length, ExtentVisitor visitor) throws IOException {
        visitor.extent(length, false);
    }

    /**
     * Prefetches a range, if that makes reading it faster. Doing nothing is allowed.
     *
     * @param offset offset in the drive, in bytes
     * @param length length in bytes
     * @throws IOException if the storage failed
     */
    default void cache(long offset, long length) throws IOException {}

    /**
     * Returns when every write that completed before the call would survive a crash of the machine, as far as the
     * storage can promise that.
     *
     * @throws IOException if the storage cannot promise it
     */
    void flush() throws IOException;

    /**
     * Looks whether the storage is still the one that was opened, for example whether its file was deleted. The engine calls
     * it every few seconds, on a worker if the backend {@linkplain #mayBlock may block}. While it fails, the drive shows the message as its reason.
     *
     * @throws IOException if what is written would be lost; the message names the thing, and what to do
     */
    default void check() throws IOException {}

    /**
     * Releases the storage.
     *
     * @throws IOException if written data may be lost
     */
    void close() throws IOException;
}
