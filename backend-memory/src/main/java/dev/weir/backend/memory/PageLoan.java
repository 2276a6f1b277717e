package dev.weir.backend.memory;

import dev.weir.block.Loan;
import java.nio.ByteBuffer;
import org.jspecify.annotations.Nullable;

/**
 * A borrowed part of a page, read in place. Its page reuses the object. See {@code
 * docs/design/decisions/024-loans.md}.
 */
final class PageLoan implements Loan {
    private final Page page;
    private final ByteBuffer bytes;

    /** Next loan for reuse; meaningless while this one is lent. Guarded by the page. */
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
