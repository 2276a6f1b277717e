package dev.weir.block;

import java.nio.ByteBuffer;
import org.osgi.annotation.versioning.ConsumerType;

/**
 * Memory of a backend that is read where it is. The bytes may change while it is lent, as the range is written; they
 * are never those of another range or drive. It is good until it is given back, also if the range is trimmed or the backend closed.
 */
@ConsumerType
public interface Loan {

    /**
     * {@return the bytes, between position and limit of a direct buffer} The buffer is the borrower's for as long as it has the
     * loan: it may move both. It must not write.
     */
    ByteBuffer bytes();

    /** Gives it back, once, on any thread. Does not block and does not throw. */
    void giveBack();
}
