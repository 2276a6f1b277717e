package dev.weir.block;

import java.nio.ByteBuffer;
import org.osgi.annotation.versioning.ConsumerType;

/**
 * Lent memory of a backend. The borrower reads it in place. A write to the range may change the bytes meanwhile. They
 * never belong to another range or drive. A loan stays valid until it is given back, also across a trim or a close.
 *
 * <p>A loan passes from the thread of the backend to the thread of the borrower. One thread uses it at a time.
 */
@ConsumerType
public interface Loan {

    /**
     * {@return the bytes, between position and limit of a direct buffer} The borrower may move position and limit
     * until it gives the loan back. It must not write.
     */
    ByteBuffer bytes();

    /** Gives the loan back. Called once on any thread. Does not block and does not throw. */
    void giveBack();
}
