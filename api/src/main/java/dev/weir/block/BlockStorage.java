package dev.weir.block;

import java.io.IOException;
import org.osgi.annotation.versioning.ConsumerType;

/**
 * The storage of one drive without its operations. {@link BlockBackend} adds blocking operations, {@link BlockDevice}
 * asynchronous ones.
 *
 * <p>Thread-safe. The defaults of the optional methods are correct for every storage.
 */
@ConsumerType
public interface BlockStorage {

    /**
     * {@return the size in bytes; a multiple of {@link #blockSize}} Never blocks. It changes in {@link #resize}.
     * Storage that others resize, such as a remote export, may also change it by itself. The engine then follows within
     * seconds.
     */
    long size();

    /**
     * {@return the unit of offsets and lengths (bytes): a power of two, 1 to 65,536} The drive refuses every other
     * range. Clients of an export see the number. 1 by default. Constant while the storage is open.
     */
    default int blockSize() {
        return 1;
    }

    /**
     * {@return whether the storage can only be read, for example because its server says so; false by default} The
     * drive is then read-only whatever its configuration says. A drive that its configuration makes read-only needs no
     * true here. Constant while the storage is open.
     */
    default boolean readOnly() {
        return false;
    }

    /**
     * {@return whether write-zeroes is faster than a write of as many zeroes; false by default} The engine asks with
     * the flag of each request. If the answer is false then a fast-zero request fails with {@link BlockError#ENOTSUP}
     * at once and does not reach the storage. If it is true then a write-zeroes or fast-zero request is charged as a
     * trim: as {@linkplain dev.weir.drive.settings.Charging one request of 0 bytes}. Never blocks.
     *
     * @param mayUnmap whether the storage may deallocate the range; a later write may then find no space
     */
    default boolean zeroesFast(boolean mayUnmap) {
        return false;
    }

    /**
     * Checks that the storage is still usable. For example its file may have been deleted. May block, but a resize or
     * close of the drive waits for it. The engine calls this every few seconds. It does not call it for a {@link
     * HintedBackend} that {@linkplain HintedBackend#mayBlock does not block}, because memory cannot be lost. While it
     * fails the drive shows the message as its reason. The default succeeds.
     *
     * @throws IOException if writes would be lost; the message names the thing and the remedy
     */
    default void check() throws IOException {}

    /**
     * Changes the size. May block. The engine calls it while no request is in flight, and never during {@link #check}
     * or {@link #close}. When it returns, the new size is as durable as the data. New bytes read as zeroes. After a
     * failure the size is the old one. It is also called for a read-only drive; storage that must not change refuses.
     * The default refuses.
     *
     * <p>A type whose size is configured has an option {@link BlockOption#SIZE}. A configuration that changes only this
     * option resizes the open storage. After a resize by command the next {@code open} gets the new size as this
     * option. After a restart of Weir, or a change of the configured size, it gets the configured one.
     *
     * @param newSize the new size in bytes: a positive multiple of {@link #blockSize}, which the engine has checked,
     *     and not the current size; a smaller one discards the bytes beyond it; storage that others resize accepts only
     *     the size that it has now
     * @throws IOException if the storage cannot have this size; the message names the thing, the value and the rule
     */
    default void resize(long newSize) throws IOException {
        throw new IOException("this storage cannot be resized");
    }

    /**
     * Frees the storage. May block. The engine calls it once: after the last operation has completed, for which it
     * waits without a timeout, and after a last flush. {@link #check} and {@link #resize} never overlap it. {@link
     * #size}, {@link BlockDevice#held} and {@link BlockDevice#condition} may, and may follow it.
     *
     * @throws IOException if written data may be lost; the engine logs it and the drive is closed nevertheless
     */
    void close() throws IOException;
}
