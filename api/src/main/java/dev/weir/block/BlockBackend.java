package dev.weir.block;

import java.io.IOException;
import java.nio.ByteBuffer;
import org.osgi.annotation.versioning.ConsumerType;

/**
 * The storage behind one drive.
 *
 * <p>Thread-safe: any number of operations may run at once, on any thread. Of two that overlap in bytes and
 * in time, either may win. The engine has checked range and permission before it calls: offsets and lengths
 * lie within {@link #size()}, lengths are positive, and nothing is written to a read-only backend. It calls
 * {@link #close()} once, when nothing else is running, and nothing after that.
 *
 * <p>An operation that fails throws an {@link IOException}: a {@link BlockException} where the error is
 * known, else the client sees {@link BlockError#EIO}.
 */
@ConsumerType
public interface BlockBackend {

    /** {@return the size in bytes; it never changes} */
    long size();

    /**
     * {@return whether an operation may wait for something slower than memory} Those of a backend that does run on
     * the engine's workers, the others on the thread that submits or releases the request.
     */
    boolean mayBlock();

    /**
     * {@return whether a {@link #write} waits for the one before anyway, as those into one file do} Then one worker does them in
     * turn, in place of many that wait for each other. Those that are to be flushed at once (FUA) are not held back by it.
     */
    default boolean writesInTurn() {
        return false;
    }

    /**
     * Fills {@code destination} from its position to its limit.
     *
     * @param destination direct or on the heap; afterwards its position is its limit
     * @param offset where in the drive, in bytes
     * @throws IOException if not all of it could be read
     */
    void read(ByteBuffer destination, long offset) throws IOException;

    /**
     * Does what {@link #read} does if that takes no longer than to copy the bytes, because they are in a cache. Asked
     * of a backend that {@linkplain #mayBlock may block}, on threads that must not wait, before a read goes to a worker.
     *
     * @param destination as for {@link #read}
     * @param offset where in the drive, in bytes
     * @return whether it was done; if not, the position of {@code destination} is as it was
     */
    default boolean readNow(ByteBuffer destination, long offset) {
        return false;
    }

    /**
     * Lends the memory that holds a range, so that its bytes go from there to a socket and are not copied before. Asked of a
     * backend that {@linkplain #mayBlock does not block}, before {@link #read}, which follows if not all of it was lent.
     *
     * @param offset where in the drive, in bytes
     * @param length in bytes
     * @param borrower is lent the range in parts, none of them empty, in order, before this returns; gives back what it got also if that was not all
     * @return whether all of it was lent
     */
    default boolean lend(long offset, long length, Borrower borrower) {
        return false;
    }

    /**
     * Writes {@code source} from its position to its limit. What is written survives a crash only after
     * {@link #flush()}.
     *
     * @param source direct or on the heap; afterwards its position is its limit
     * @param offset where in the drive, in bytes
     * @throws IOException if not all of it could be written
     */
    void write(ByteBuffer source, long offset) throws IOException;

    /**
     * Makes a range read as zeroes.
     *
     * @param offset where in the drive, in bytes
     * @param length in bytes
     * @param mayUnmap whether the room may be given back to the storage, so that a later write may find none
     * @throws IOException if some of it could not be zeroed
     */
    void writeZeroes(long offset, long length, boolean mayUnmap) throws IOException;

    /**
     * {@return whether {@link #writeZeroes} takes less time than a {@link #write} of as many zeroes} If not, a client that
     * wants zeroes only if they are fast is told {@link BlockError#ENOTSUP} at once. Never blocks.
     *
     * @param mayUnmap as for {@link #writeZeroes}
     */
    default boolean zeroesFast(boolean mayUnmap) {
        return false;
    }

    /**
     * Gives the room of a range back to the storage. What the range reads as afterwards is the backend's own
     * choice; doing nothing is allowed.
     *
     * @param offset where in the drive, in bytes
     * @param length in bytes
     * @throws IOException if the storage failed
     */
    void trim(long offset, long length) throws IOException;

    /**
     * Tells which parts of a range hold data and which are holes, in order and without a gap: exactly the range, or
     * less of it if the visitor wants no more. Says that all of it is data where more is not known.
     *
     * @param offset where in the drive, in bytes
     * @param length in bytes
     * @param visitor is told on this thread, before this returns
     * @throws IOException if that could not be found out
     */
    default void blockStatus(long offset, long length, ExtentVisitor visitor) throws IOException {
        visitor.extent(length, false);
    }

    /**
     * Prepares for a range to be read soon, if that makes reading it faster. Doing nothing is allowed.
     *
     * @param offset where in the drive, in bytes
     * @param length in bytes
     * @throws IOException if the storage failed
     */
    default void cache(long offset, long length) throws IOException {}

    /**
     * Returns when all that was written before the call survives a crash of the machine, as far as the
     * storage can promise that.
     *
     * @throws IOException if that cannot be said
     */
    void flush() throws IOException;

    /**
     * Releases the storage.
     *
     * @throws IOException if something that was written may be lost
     */
    void close() throws IOException;
}
