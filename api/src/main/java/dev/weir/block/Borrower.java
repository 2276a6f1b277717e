package dev.weir.block;

import org.osgi.annotation.versioning.ConsumerType;

/** Takes the lent memory of a range, part by part. */
@ConsumerType
@FunctionalInterface
public interface Borrower {

    /**
     * Takes the next part, which begins at the end of the previous one.
     *
     * @param loan belongs to the borrower until the borrower gives it back, also if this method throws
     */
    void borrow(Loan loan);
}
