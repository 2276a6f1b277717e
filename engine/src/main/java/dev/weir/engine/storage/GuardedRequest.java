package dev.weir.engine.storage;

import dev.weir.block.BlockError;
import dev.weir.block.BlockRequest;
import dev.weir.block.Loan;
import dev.weir.block.Operation;
import dev.weir.block.filter.ForwardedRequest;
import dev.weir.log.FailureText;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/**
 * A request on its way through devices and filters of other bundles. Only its first completion counts, because the
 * client uses the request and its buffer again after it. The answers of the device are checked before it. See
 * docs/design/decisions/036-answers-of-devices.md.
 *
 * <p>Thread-safe in the same way as {@link BlockRequest}. Completions may race.
 */
final class GuardedRequest extends ForwardedRequest {
    private final Consumer<String> faults;

    /** Guarded by this object like the fields below. */
    private boolean ended;

    private @Nullable ByteBuffer buffer;
    private long lentBytes;
    private @Nullable CheckedExtents extents;

    /**
     * Creates a request like the original.
     *
     * @param faults takes a message for each breach of the contract of devices
     */
    GuardedRequest(BlockRequest original, Consumer<String> faults) {
        super(original);
        this.faults = faults;
    }

    /** Returns the same buffer at each call. A device that asks too late gets none. */
    @Override
    public synchronized ByteBuffer buffer() {
        refuseIfEnded("asks for the buffer");
        ByteBuffer same = buffer;
        if (same == null) {
            same = original().buffer();
            buffer = same;
        }
        return same;
    }

    /** Gives up the buffer for a device behind the guarded one. After the completion it is of another request. */
    @Override
    public synchronized void forfeitBuffer() {
        if (!ended) {
            original().forfeitBuffer();
        }
    }

    @Override
    public void borrow(Loan loan) {
        try {
            lend(loan);
        } catch (IllegalStateException e) {
            loan.giveBack(); // it belongs to the borrower
            throw e;
        }
    }

    private synchronized void lend(Loan loan) {
        refuseIfEnded("lends memory");
        lentBytes += loan.bytes().remaining();
        original().borrow(loan);
    }

    @Override
    public synchronized boolean extent(long extentLength, boolean hole) {
        CheckedExtents checked = extents;
        if (checked == null) {
            checked = new CheckedExtents(original(), length());
            extents = checked;
        }
        return !ended && checked.extent(extentLength, hole);
    }

    private void refuseIfEnded(String what) {
        if (ended) {
            throw new IllegalStateException("a device " + what + " of a completed request");
        }
    }

    @Override
    protected void completed(@Nullable BlockError error) {
        completed(error, false);
    }

    @Override
    protected void completed(@Nullable BlockError error, boolean moreFollow) {
        BlockError checked;
        synchronized (this) {
            if (ended) {
                faults.accept("a device completes it again");
                return;
            }
            checked = error == null ? fault() : error;
            ended = true;
        }
        original().complete(checked, moreFollow);
    }

    /** Returns the error of a successful request whose answers are wrong; null if they are right. */
    private @Nullable BlockError fault() {
        try {
            if (operation() == Operation.READ) {
                checkRead(buffer);
            }
            if (extents != null) {
                extents.end();
            }
            return null;
        } catch (IOException e) {
            faults.accept(FailureText.of(e));
            return BlockError.EIO;
        }
    }

    private void checkRead(@Nullable ByteBuffer into) throws IOException {
        long missing = into == null ? length() - lentBytes : into.remaining();
        if (missing != 0) {
            throw new IOException("a device left %d of %d bytes out".formatted(missing, length()));
        }
    }

    /**
     * Ends the request because a device threw on it. A device that threw may nevertheless have passed the request on.
     * So the buffer is not used again if the device has it, and a later completion is void.
     */
    void fail(BlockError error) {
        boolean isHandedOut;
        synchronized (this) {
            if (ended) {
                return;
            }
            ended = true;
            isHandedOut = buffer != null;
        }
        if (isHandedOut) {
            original().forfeitBuffer();
        }
        original().complete(error);
    }
}
