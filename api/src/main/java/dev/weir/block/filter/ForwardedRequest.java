package dev.weir.block.filter;

import dev.weir.block.BlockError;
import dev.weir.block.BlockRequest;
import dev.weir.block.Loan;
import java.nio.ByteBuffer;
import org.jspecify.annotations.Nullable;
import org.osgi.annotation.versioning.ConsumerType;

/**
 * A request that a filter passes on in place of another. It has the operation, range, flags, buffer and client of the
 * original. Its completion completes the original. A filter that looks at completions overrides {@link
 * #completed(BlockError)}. A filter that looks at read data overrides {@link #buffer} and {@link #borrows}.
 *
 * <p>Thread-safe in the same way as {@link BlockRequest}.
 */
@ConsumerType
public class ForwardedRequest extends BlockRequest {
    private final BlockRequest original;

    /**
     * Creates a request like the original.
     *
     * @param original the request that the filter got; it stays incomplete until this one completes
     */
    @SuppressWarnings("this-escape") // the called setters are final and call nothing
    public ForwardedRequest(BlockRequest original) {
        super(original.client());
        this.original = original;
        prepare(original.operation(), original.offset(), original.length());
        fua(original.fua());
        mayUnmap(original.mayUnmap());
    }

    /** {@return the request that the filter got} */
    protected final BlockRequest original() {
        return original;
    }

    @Override
    public ByteBuffer buffer() {
        return original.buffer();
    }

    @Override
    public void forfeitBuffer() {
        original.forfeitBuffer();
    }

    @Override
    public boolean borrows() {
        return original.borrows();
    }

    @Override
    public void borrow(Loan loan) {
        original.borrow(loan);
    }

    @Override
    public boolean extent(long extentLength, boolean hole) {
        return original.extent(extentLength, hole);
    }

    /**
     * Takes the result of this request. The default completes the original with it. An override must complete the
     * original exactly once, now or later.
     */
    @Override
    protected void completed(@Nullable BlockError error) {
        original.complete(error);
    }
}
