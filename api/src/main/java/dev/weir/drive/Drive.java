package dev.weir.drive;

import dev.weir.block.BlockError;
import dev.weir.throttle.Direction;
import org.jspecify.annotations.Nullable;
import org.osgi.annotation.versioning.ProviderType;

/**
 * A virtual disk that takes requests: a backend behind a block queue that keeps the drive's limits. It is a
 * service for as long as its backend is open, with its name as the property {@link #NAME}.
 *
 * <p>Thread-safe.
 */
@ProviderType
public interface Drive {

    /** The service property that holds the drive's name. */
    String NAME = "weir.drive.name";

    /**
     * The service property, a {@code String[]}, of the clients that an export may show the drive to: common names or whole
     * subjects of certificates, or users of pre-shared keys. If it is absent all may see it.
     */
    String CLIENTS = "weir.drive.clients";

    /** The longest request that is throttled and served as one, in bytes: 32 MiB, as NBD clients expect. */
    int MAX_TRANSFER = 32 << 20;

    /** {@return the name by which clients and operators know it} */
    String name();

    /** {@return what people are told of it; may be empty, and may change} */
    default String description() {
        return "";
    }

    /** {@return the size in bytes; it never changes} */
    long size();

    /** {@return whether writes are refused with {@link dev.weir.block.BlockError#EPERM}} */
    boolean readOnly();

    /**
     * {@return whether a range lies within the drive} The rule for ranges of every export and drive: the offset is not
     * negative, the length is at least 1, and the end is at most the size.
     *
     * @param offset in bytes
     * @param length in bytes
     */
    default boolean contains(long offset, long length) {
        return offset >= 0 && length > 0 && length <= size() - offset;
    }

    /**
     * {@return the error with which the drive refuses a request without trying it, or null} A flush is never refused. Other
     * requests fail with {@code EPERM} if they write and the drive is read-only, {@code ENOSPC} if they write or zero beyond
     * the end, and {@code EINVAL} if the range is otherwise outside the drive or data exceeds {@link #MAX_TRANSFER}.
     *
     * @param operation the operation
     * @param offset in bytes
     * @param length in bytes
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
        if (contains(offset, length)) {
            return null;
        }
        return writes && operation != Operation.TRIM ? BlockError.ENOSPC : BlockError.EINVAL;
    }

    /**
     * Starts a request. Never blocks on other requests and never throws: the request is completed exactly
     * once, on this thread or another, now or when the limits allow it. Reads are released in the order in
     * which they were submitted, and so are writes, write-zeroes and trims. What is not throttled overtakes what is queued.
     *
     * <p>Completed with the error of {@link #refusal} if the drive refuses it, {@code ENOTSUP} if it asks for fast zeroes
     * and the backend has none, {@code ESHUTDOWN} if the drive is closing.
     *
     * @param request what to do; it belongs to the drive until it is completed
     */
    void submit(DriveRequest request);

    /**
     * Takes back what a client has in the queue: those requests are completed with {@code ESHUTDOWN}, never
     * reach the backend and are charged to no limit. What has gone to the backend is completed as usual.
     *
     * @param client the client of the requests, compared by identity
     */
    void cancel(Object client);
}
