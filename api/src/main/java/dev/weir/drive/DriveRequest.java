package dev.weir.drive;

import dev.weir.block.BlockError;
import dev.weir.block.Borrower;
import dev.weir.block.ExtentVisitor;
import dev.weir.block.Loan;
import java.nio.ByteBuffer;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;
import org.osgi.annotation.versioning.ConsumerType;

/**
 * A request to a drive. An export extends this class with what it needs for the reply.
 *
 * <p>Reusable and owned by one side at a time: by the export until {@link Drive#submit}, by the drive until {@link
 * #completed(BlockError) completed}, and by the export again. Not thread-safe beyond that hand-over.
 */
@ConsumerType
public abstract class DriveRequest implements ExtentVisitor, Borrower {
    private final Object client;
    private Operation operation = Operation.FLUSH;
    private long offset;
    private long length;
    private boolean fua;
    private boolean mayUnmap;

    /**
     * Creates a request, to be prepared.
     *
     * @param client the owner of the request, for {@link Drive#cancel}; people see its {@code toString}
     */
    protected DriveRequest(Object client) {
        this.client = client;
    }

    /**
     * Sets operation and range, and clears {@link #fua} and {@link #mayUnmap}. Checks nothing: a drive refuses an invalid
     * request when it is submitted.
     *
     * @param newOperation the operation
     * @param newOffset offset in the drive, in bytes
     * @param newLength length in bytes; 0 for a flush
     */
    public final void prepare(Operation newOperation, long newOffset, long newLength) {
        operation = newOperation;
        offset = newOffset;
        length = newLength;
        fua = false;
        mayUnmap = false;
    }

    /**
     * Sets force unit access on a prepared request.
     *
     * @param forced whether the data must be durable before the request completes
     */
    public final void fua(boolean forced) {
        fua = forced;
    }

    /**
     * Sets on a prepared write-zeroes, fast or not, what may become of the space of its range.
     *
     * @param allowed whether the backend may deallocate it
     */
    public final void mayUnmap(boolean allowed) {
        mayUnmap = allowed;
    }

    /**
     * {@return whether the request has the memory that it needs, and a write its payload} The drive asks after the limits
     * have released the request and charged it. A queued request therefore needs no memory. Must not block or throw.
     */
    public boolean isReady() {
        return true;
    }

    /**
     * Resumes the request later. The drive calls it when the request was not {@linkplain #isReady ready}.
     *
     * @param goOn accepts null once the request is ready, possibly at once and on any thread; or the error that completes it
     */
    public void whenReady(Consumer<@Nullable BlockError> goOn) {
        goOn.accept(null);
    }

    /**
     * {@return the buffer of a read or write: {@link #length()} bytes between position and limit} The drive asks for
     * it once, when the request goes to the backend, and never for other operations. A queued request needs no
     * buffer.
     */
    public abstract ByteBuffer buffer();

    /**
     * {@return whether a read prefers to {@linkplain #borrow borrow} memory of the backend to a copy} Where the
     * backend cannot lend the whole range, the drive still asks for the {@link #buffer()}. Parts that were borrowed
     * before are then void.
     */
    public boolean borrows() {
        return false;
    }

    /**
     * {@inheritDoc}
     *
     * <p>Called only for a read that {@linkplain #borrows borrows}, between {@link Drive#submit} and {@link
     * #completed(BlockError) completed}. The loan stays valid after completion. A later write to the range may change
     * its bytes, so give it back soon.
     */
    @Override
    public void borrow(Loan loan) {
        throw new UnsupportedOperationException("a request that does not borrow");
    }

    /**
     * {@inheritDoc}
     *
     * <p>Called only for {@link Operation#BLOCK_STATUS}, between {@link Drive#submit} and {@link
     * #completed(BlockError) completed}, from the offset of the request on and never beyond its end. Must not block
     * and must not throw. The default wants no extents.
     */
    @Override
    public boolean extent(long extentLength, boolean hole) {
        return false;
    }

    /**
     * Completes the request: called once for each submission, on any thread, possibly before {@link Drive#submit}
     * returns. Must not block and must not throw.
     *
     * @param error the error, or null on success
     */
    public abstract void completed(@Nullable BlockError error);

    /**
     * Completes one of several writes, as {@link #completed(BlockError)} does. Override it to coalesce the replies to
     * a client.
     *
     * @param error the error, or null on success
     * @param moreFollow whether this thread completes another write of the same client right after this one
     */
    public void completed(@Nullable BlockError error, boolean moreFollow) {
        completed(error);
    }

    /** {@return the owner of the request} */
    public final Object client() {
        return client;
    }

    /** {@return the operation} */
    public final Operation operation() {
        return operation;
    }

    /** {@return the offset in the drive, in bytes} */
    public final long offset() {
        return offset;
    }

    /** {@return the length in bytes} */
    public final long length() {
        return length;
    }

    /** {@return whether the data must be durable before the request completes} */
    public final boolean fua() {
        return fua;
    }

    /** {@return whether write-zeroes may deallocate the range} */
    public final boolean mayUnmap() {
        return mayUnmap;
    }
}
