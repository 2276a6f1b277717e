package dev.weir.nbd.connection;

import dev.weir.block.Borrower;
import dev.weir.block.Loan;
import java.nio.ByteBuffer;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicInteger;

/** Lends bytes in parts and counts outstanding loans. It overwrites returned parts. Thread-safe. */
public final class Lender {
    private final AtomicInteger lent = new AtomicInteger();

    /** Lends {@code bytes} in parts of this length. */
    public void lend(byte[] bytes, int partBytes, Borrower borrower) {
        for (int at = 0; at < bytes.length; at += partBytes) {
            int length = Math.min(partBytes, bytes.length - at);
            lend(
                    ByteBuffer.allocateDirect(length + 2)
                            .put(1, bytes, at, length)
                            .position(1)
                            .limit(1 + length),
                    borrower);
        }
    }

    private void lend(ByteBuffer part, Borrower borrower) {
        AtomicBoolean out = new AtomicBoolean(true);
        lent.incrementAndGet();
        borrower.borrow(new Loan() {
            @Override
            public ByteBuffer bytes() {
                if (!out.get()) {
                    throw new AssertionError("the bytes of what was given back");
                }
                return part;
            }

            @Override
            public void giveBack() {
                if (!out.getAndSet(false)) {
                    throw new AssertionError("given back twice");
                }
                part.clear().put(new byte[part.capacity()]);
                lent.decrementAndGet();
            }
        });
    }

    /** Returns the number of outstanding loans. */
    public int lent() {
        return lent.get();
    }
}
