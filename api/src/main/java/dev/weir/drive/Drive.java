package dev.weir.drive;

import dev.weir.block.BlockError;
import dev.weir.block.BlockRequest;
import dev.weir.block.Direction;
import dev.weir.block.Operation;
import org.jspecify.annotations.Nullable;
import org.osgi.annotation.versioning.ProviderType;

/**
 * A virtual disk that accepts requests: a backend behind a block queue that enforces the drive's limits. Published as
 * a service while the backend is open. The property {@link #NAME} is its name.
 *
 * <p>Thread-safe.
 */
@ProviderType
public interface Drive {

    /** Service property: the name of the drive. */
    String NAME = "weir.drive.name";

    /**
     * Service property (a {@code String[]}): the clients to which an export may show the drive. An entry is a common
     * name or the whole subject of a certificate, or the user of a pre-shared key. Without the property every client
     * may see the drive.
     */
    String CLIENTS = "weir.drive.clients";

    /** The longest read or write (bytes): 32 MiB as NBD clients expect. */
    int MAX_TRANSFER = 32 << 20;

    /** {@return the name of the drive for clients and operators} */
    String name();

    /** {@return the description for people; may be empty and may change} */
    default String description() {
        return "";
    }

    /** {@return the size in bytes; changes when the drive is resized} */
    long size();

    /** {@return whether writes fail with {@link dev.weir.block.BlockError#EPERM}} */
    boolean readOnly();

    /**
     * {@return the unit of offsets and lengths (bytes): a power of two, 1 to 65,536} The size is a multiple of it.
     * Constant while the drive is open.
     */
    default int blockSize() {
        return 1;
    }

    /**
     * {@return whether a range lies within the drive} Every export and drive uses this rule. The offset is not
     * negative. The length is at least 1. The end is at most the size.
     *
     * @param offset offset in the drive (bytes)
     * @param length length (bytes)
     */
    default boolean contains(long offset, long length) {
        return offset >= 0 && length > 0 && length <= size() - offset;
    }

    /**
     * {@return the error with which the drive rejects a request at once, or null} This is the range rule of all
     * requests. A flush is never rejected. A write to a read-only drive fails with {@code EPERM}. A write or zeroing
     * beyond the end fails with {@code ENOSPC}. Any other range outside the drive, and data longer than {@link
     * #MAX_TRANSFER}, fails with {@code EINVAL}. So does a range whose offset or length is no multiple of the
     * {@linkplain #blockSize block size}.
     *
     * @param operation the operation
     * @param offset offset in the drive (bytes)
     * @param length length (bytes)
     */
    default @Nullable BlockError refusal(Operation operation, long offset, long length) {
        if (operation == Operation.FLUSH) {
            return null;
        }
        boolean writes = operation.direction() == Direction.WRITE;
        if (writes && readOnly()) {
            return BlockError.EPERM;
        }
        boolean carriesData = operation == Operation.READ || operation == Operation.WRITE;
        if (offset < 0 || length <= 0 || (carriesData && length > MAX_TRANSFER)) {
            return BlockError.EINVAL;
        }
        if (((offset | length) & (blockSize() - 1)) != 0) {
            return BlockError.EINVAL;
        }
        if (contains(offset, length)) {
            return null;
        }
        return BlockError.beyondEnd(operation);
    }

    /**
     * Submits a request. Never blocks and never throws. The drive completes the request exactly once on any thread.
     * That happens at once or when the limits admit it. A drive has two queues. One releases reads and prefetches in
     * the order of submission. The other one does so for writes, zeroing and trims. Operations that are not throttled
     * overtake both.
     *
     * <p>Completes with the error of {@link #refusal} if the drive rejects the request. Completes with {@code
     * ENOTSUP} if the request demands fast zeroing and the backend has none. Completes with {@code ESHUTDOWN} if the
     * drive is closing.
     *
     * @param request belongs to the drive until its completion
     */
    void submit(BlockRequest request);

    /**
     * Cancels the queued requests of a client. They complete with {@code ESHUTDOWN}. They never reach the backend and
     * are not charged. Requests in flight at the backend complete as usual.
     *
     * @param client the client of the requests, compared by identity
     */
    void cancel(Object client);
}
