package dev.weir.block;

import org.osgi.annotation.versioning.ConsumerType;

/** Takes the lent memory of a range in parts. The thread that executes the read calls it. */
@ConsumerType
@FunctionalInterface
public interface Borrower {

    /**
     * Takes the next part. It begins at the end of the previous one.
     *
     * @param loan belongs to the borrower until it is given back, also if this method throws
     */
    void borrow(Loan loan);
}
