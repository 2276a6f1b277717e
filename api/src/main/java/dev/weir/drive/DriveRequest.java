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
 * A request to a drive. An export extends this class with the state of the reply.
 *
 * <p>Reusable and owned by one side at a time. The export owns it until {@link Drive#submit} and again after {@link
 * #completed(BlockError)}. The drive owns it in between. Not thread-safe beyond that hand-over.
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
     * Creates a request that must be prepared.
     *
     * @param client the owner of the request for {@link Drive#cancel}; operators see its {@code toString}
     */
    protected DriveRequest(Object client) {
        this.client = client;
    }

    /**
     * Sets operation and range. Clears {@link #fua} and {@link #mayUnmap}. Checks nothing because the drive rejects
     * an invalid request at its submission.
     *
     * @param newOperation the operation
     * @param newOffset offset in the drive (bytes)
     * @param newLength length (bytes); 0 for a flush
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
     * Permits or forbids deallocation for a prepared write-zeroes or fast zero.
     *
     * @param allowed whether the backend may deallocate the range
     */
    public final void mayUnmap(boolean allowed) {
        mayUnmap = allowed;
    }

    /**
     * {@return whether the request has its memory and a write its payload} The drive asks after the limits have
     * released the request and charged it. A queued request therefore needs no memory. Must not block or throw.
     */
    public boolean isReady() {
        return true;
    }

    /**
     * Resumes the request when it is ready. The drive calls it if the request was not {@linkplain #isReady ready}.
     *
     * @param goOn accepts null once the request is ready, possibly at once and on any thread; otherwise accepts the
     *     error that completes it
     */
    public void whenReady(Consumer<@Nullable BlockError> goOn) {
        goOn.accept(null);
    }

    /**
     * {@return the buffer of a read or write: {@link #length()} bytes between position and limit} The drive asks once
     * when the request goes to the backend. It never asks for other operations. A queued request needs no buffer.
     */
    public abstract ByteBuffer buffer();

    /**
     * {@return whether a read prefers to {@linkplain #borrow borrow} memory of the backend to a copy} If the backend
     * cannot lend the whole range then the drive still asks for the {@link #buffer()}. Parts borrowed before are then
     * void.
     */
    public boolean borrows() {
        return false;
    }

    /**
     * {@inheritDoc}
     *
     * <p>Called only for a read that {@linkplain #borrows borrows} and only between submission and completion. The
     * loan stays valid after completion. Give it back soon because a later write to the range may change its bytes.
     */
    @Override
    public void borrow(Loan loan) {
        throw new UnsupportedOperationException("a request that does not borrow");
    }

    /**
     * {@inheritDoc}
     *
     * <p>Called only for {@link Operation#BLOCK_STATUS} and only between submission and completion. The extents begin
     * at the offset of the request and do not exceed its end. Must not block and must not throw. The default wants no
     * extents.
     */
    @Override
    public boolean extent(long extentLength, boolean hole) {
        return false;
    }

    /**
     * Completes the request. Called once for each submission on any thread, possibly before {@link Drive#submit}
     * returns. Must not block and must not throw.
     *
     * @param error the error; null on success
     */
    public abstract void completed(@Nullable BlockError error);

    /**
     * Completes one of several writes as {@link #completed(BlockError)} does. Override it to coalesce the replies to
     * a client.
     *
     * @param error the error; null on success
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

    /** {@return the offset in the drive (bytes)} */
    public final long offset() {
        return offset;
    }

    /** {@return the length (bytes)} */
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
