package dev.weir.backend.memory;

import dev.weir.block.Loan;
import java.nio.ByteBuffer;
import org.jspecify.annotations.Nullable;

/** A part of a page that is read where it is. Made for its page, and used again by it. */
final class PageLoan implements Loan {
    private final Page page;
    private final ByteBuffer bytes;

    /** The next of the page's spare loans; of no meaning while it is lent. Guarded by the page. */
    @Nullable
    PageLoan nextSpare;

    PageLoan(Page page, ByteBuffer memory) {
        this.page = page;
        bytes = memory.asReadOnlyBuffer();
    }

    PageLoan of(int from, int length) {
        bytes.limit(from + length).position(from);
        return this;
    }

    @Override
    public ByteBuffer bytes() {
        return bytes;
    }

    @Override
    public void giveBack() {
        page.takeBack(this);
    }
}
