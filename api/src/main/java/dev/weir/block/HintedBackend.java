package dev.weir.block;

import java.nio.ByteBuffer;
import org.osgi.annotation.versioning.ConsumerType;

/**
 * A backend with hints that exist for speed only. The defaults describe a plain {@link BlockBackend}.
 */
@ConsumerType
public interface HintedBackend extends BlockBackend {

    /**
     * {@return whether an operation may wait for something slower than memory; true by default} The engine runs the
     * operations of a blocking backend on worker threads, and those of other backends on the thread that submits or
     * releases the request.
     */
    default boolean mayBlock() {
        return true;
    }

    /**
     * {@return whether the storage serialises {@linkplain #write writes} anyway, as one file does} One worker then
     * executes them in order of arrival. Otherwise many workers would wait for each other. Writes with force unit
     * access (FUA) are exempt.
     */
    default boolean writesInTurn() {
        return false;
    }

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
     * Writes as {@link #write} does, but only if the storage is memory: it must take no longer than a copy. The engine
     * calls it on threads that must not wait, unless {@linkplain #writesInTurn writes go in turn}. If it fails then a
     * worker calls {@link #write} with the whole range.
     *
     * @param source as for {@link #write}
     * @param offset offset in the drive (bytes)
     * @return whether the write is done; if not, the position of {@code source} is unchanged, and the range may hold
     *     any part of it
     */
    default boolean writeNow(ByteBuffer source, long offset) {
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
}
