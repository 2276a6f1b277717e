package dev.weir.block;

import org.osgi.annotation.versioning.ConsumerType;

/** Is lent the memory of a range, one part after the other. */
@ConsumerType
@FunctionalInterface
public interface Borrower {

    /**
     * Takes the next part, which begins where the one before it ended.
     *
     * @param loan belongs to the borrower until it gives it back, also if this throws
     */
    void borrow(Loan loan);
}
