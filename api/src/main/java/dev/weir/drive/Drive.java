package dev.weir.drive;

import dev.weir.block.BlockError;
import dev.weir.throttle.Direction;
import org.jspecify.annotations.Nullable;
import org.osgi.annotation.versioning.ProviderType;

/**
 * A virtual disk that accepts requests: a backend behind a block queue that enforces the drive's limits. Published as
 * a service while the backend is open, with the name as the property {@link #NAME}.
 *
 * <p>Thread-safe.
 */
@ProviderType
public interface Drive {

    /** Service property: the name of the drive. */
    String NAME = "weir.drive.name";

    /**
     * Service property, a {@code String[]}: the clients to which an export may show the drive. Entries are common
     * names or whole subjects of certificates, or users of pre-shared keys. Without the property every client may see
     * the drive.
     */
    String CLIENTS = "weir.drive.clients";

    /** The longest read or write, in bytes: 32 MiB, as NBD clients expect. */
    int MAX_TRANSFER = 32 << 20;

    /** {@return the name of the drive for clients and operators} */
    String name();

    /** {@return the description for people; may be empty and may change} */
    default String description() {
        return "";
    }

    /** {@return the size in bytes; constant while the drive is open} */
    long size();

    /** {@return whether writes fail with {@link dev.weir.block.BlockError#EPERM}} */
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
     * Submits a request. Never blocks and never throws. The drive completes the request exactly once, on any thread,
     * at once or when the limits admit it. Reads are released in the order of submission, and so are writes,
     * write-zeroes and trims. Operations that are not throttled overtake the queue.
     *
     * <p>Completes with the error of {@link #refusal} if the drive refuses the request, {@code ENOTSUP} if the
     * backend cannot zero fast and the request asks for it, and {@code ESHUTDOWN} if the drive is closing.
     *
     * @param request belongs to the drive until its completion
     */
    void submit(DriveRequest request);

    /**
     * Cancels the queued requests of a client. They complete with {@code ESHUTDOWN}, never reach the backend and are
     * not charged. Requests in flight at the backend complete as usual.
     *
     * @param client the client of the requests, compared by identity
     */
    void cancel(Object client);
}
