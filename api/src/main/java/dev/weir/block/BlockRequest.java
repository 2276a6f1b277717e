package dev.weir.block;

import java.nio.ByteBuffer;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;
import org.osgi.annotation.versioning.ConsumerType;

/**
 * A request to a drive or to a {@link BlockDevice}. An export extends this class with the state of the reply.
 *
 * <p>Reusable and owned by one side at a time. The export owns it until it submits it and again from {@link
 * #completed(BlockError)} on. The drive or device owns it in between. Not thread-safe beyond that hand-over.
 */
@ConsumerType
public abstract class BlockRequest implements ExtentVisitor, Borrower {
    private final Object client;
    private Operation operation = Operation.FLUSH;
    private long offset;
    private long length;
    private boolean fua;
    private boolean mayUnmap;
    private @Nullable CompletionListener listener;
    private long watchedSince;

    /**
     * Creates a request that must be prepared.
     *
     * @param client the owner of the request for the cancellation of queued requests; operators see its
     *     {@code toString}
     */
    protected BlockRequest(Object client) {
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
     * released the request and charged it. A queued request therefore needs no memory. A device need not ask because
     * it gets ready requests only. Must not block or throw.
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
     * {@return the buffer of a read or write: {@link #length()} bytes between position and limit} Direct or on the
     * heap. The engine asks an export at most once for each submission: when a device or backend first asks. A device
     * that asks again gets the same buffer. It never asks for other operations. A queued request needs no buffer. A
     * device uses the buffer up: the position of a successful request is the limit. After completion it must not touch
     * the buffer.
     */
    public abstract ByteBuffer buffer();

    /**
     * Gives up the {@link #buffer} without an answer. The engine calls it before it completes a request on which a
     * device threw, because the device may still use the buffer. An export that would use the memory for another
     * request must leave it to the garbage collector instead. The default does nothing.
     */
    public void forfeitBuffer() {}

    /**
     * {@return whether a read prefers to {@linkplain #borrow borrow} memory of the backend to a copy; false by default}
     * A device may ignore it and fill the {@link #buffer()}. If the backend cannot lend the whole range then the drive
     * still asks for the buffer. Parts borrowed before are then void.
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
     * Completes the request. The device calls this exactly once for each submission, on any thread, possibly before
     * {@link BlockDevice#submit} returns. The request then belongs to its owner again.
     *
     * @param error the error; null on success
     */
    public final void complete(@Nullable BlockError error) {
        complete(error, false);
    }

    /**
     * Completes one of several requests as {@link #complete(BlockError)} does.
     *
     * @param error the error; null on success
     * @param moreFollow whether this thread completes another request of the same client right after this one
     */
    public final void complete(@Nullable BlockError error, boolean moreFollow) {
        CompletionListener first = listener;
        if (first == null) {
            completed(error, moreFollow);
        } else {
            listener = null;
            first.onCompletion(this, error, moreFollow);
        }
    }

    /**
     * Diverts the next completion to a listener. For the drive alone, which counts requests in flight without an object
     * for each. A device needs no listener. A filter wraps the request in a {@link
     * dev.weir.block.filter.ForwardedRequest}.
     *
     * @param by the listener of the next completion
     * @param nowNanos the time of the submission (ns), for {@link #watchedSince}
     */
    public final void watch(CompletionListener by, long nowNanos) {
        listener = by;
        watchedSince = nowNanos;
    }

    /** {@return whether the next completion is diverted to a listener} */
    public final boolean isWatched() {
        return listener != null;
    }

    /** {@return the time that was passed to {@link #watch} last (ns)} */
    public final long watchedSince() {
        return watchedSince;
    }

    /**
     * Takes the result. Called once for each submission on any thread, possibly before the submission returns. Must
     * not block and must not throw.
     *
     * @param error the error; null on success
     */
    protected abstract void completed(@Nullable BlockError error);

    /**
     * Takes the result as {@link #completed(BlockError)} does. Override it to coalesce the replies to a client.
     *
     * @param error the error; null on success
     * @param moreFollow whether this thread completes another request of the same client right after this one
     */
    protected void completed(@Nullable BlockError error, boolean moreFollow) {
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
