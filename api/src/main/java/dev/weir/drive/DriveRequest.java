package dev.weir.drive;

import dev.weir.block.BlockError;
import dev.weir.block.Borrower;
import dev.weir.block.ExtentVisitor;
import dev.weir.block.Loan;
import java.nio.ByteBuffer;
import org.jspecify.annotations.Nullable;
import org.osgi.annotation.versioning.ConsumerType;

/**
 * One request to a drive. An export extends it with what it needs to answer its client, and may use an
 * object again and again: it belongs to the export until {@link Drive#submit}, to the drive from then until
 * {@link #completed(BlockError) completed}, and to the export again.
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
     * Makes a request of a client, to be prepared.
     *
     * @param client whose request it is, for {@link Drive#cancel}; its {@code toString} is shown to people
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
     * {@return where a read puts its bytes, or a write takes them from: {@link #length()} bytes between
     * position and limit} Asked for once, when the request goes to the backend and not while it is queued;
     * never for other operations.
     */
    public abstract ByteBuffer buffer();

    /**
     * {@return whether a read would rather {@linkplain #borrow borrow} the backend's memory than have it copied to its
     * {@link #buffer()}} If so, it may be asked for its buffer all the same, where the backend does not lend all of the range: what it has borrowed
     * of it by then is of no use.
     */
    public boolean borrows() {
        return false;
    }

    /**
     * {@inheritDoc}
     *
     * <p>Called only for a read that {@linkplain #borrows borrows}, between {@link Drive#submit} and {@link #completed(BlockError) completed}.
     * The bytes are those of the read for as long as the request has them, also after it was completed, and what is written to the range by then may be
     * among them; so it should give them back soon.
     */
    @Override
    public void borrow(Loan loan) {
        throw new UnsupportedOperationException("a request that does not borrow");
    }

    /**
     * {@inheritDoc}
     *
     * <p>Called only for {@link Operation#BLOCK_STATUS}, between {@link Drive#submit} and {@link #completed(BlockError) completed}, from the
     * request's offset on and never beyond its end. Must not block and must not throw. A request that does not
     * override it wants none.
     */
    @Override
    public boolean extent(long extentLength, boolean hole) {
        return false;
    }

    /**
     * Tells the outcome, once for each time the request was submitted, on any thread; possibly before
     * {@link Drive#submit} has returned. Must not block and must not throw.
     *
     * @param error why it failed, or null if it was done
     */
    public abstract void completed(@Nullable BlockError error);

    /**
     * Tells the outcome as {@link #completed(BlockError)} does, of one of several writes. Does what that does unless it is
     * overridden, for whom it pays to tell a client of several at once.
     *
     * @param error why it failed, or null if it was done
     * @param moreFollow whether this thread tells of another write of the same client right after this
     */
    public void completed(@Nullable BlockError error, boolean moreFollow) {
        completed(error);
    }

    /** {@return whose request it is} */
    public final Object client() {
        return client;
    }

    /** {@return what to do} */
    public final Operation operation() {
        return operation;
    }

    /** {@return where in the drive, in bytes} */
    public final long offset() {
        return offset;
    }

    /** {@return how much, in bytes} */
    public final long length() {
        return length;
    }

    /** {@return whether the request is to survive a crash before it is completed} */
    public final boolean fua() {
        return fua;
    }

    /** {@return whether write-zeroes may give the room back} */
    public final boolean mayUnmap() {
        return mayUnmap;
    }
}
