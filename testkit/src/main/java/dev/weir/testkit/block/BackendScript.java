package dev.weir.testkit.block;

import java.io.IOException;
import java.util.Random;

/** Decides the fault of each call of {@link ScriptedBackends}. Called concurrently on any thread. */
@FunctionalInterface
public interface BackendScript {

    /** The call of a backend. */
    enum Call {
        /** Opening the backend. */
        OPEN,
        /** A read. */
        READ,
        /** A read that was asked for without blocking. */
        READ_NOW,
        /** A loan. */
        LEND,
        /** A write. */
        WRITE,
        /** A write that was asked for without blocking. */
        WRITE_NOW,
        /** Writing zeroes. */
        WRITE_ZEROES,
        /** A trim. */
        TRIM,
        /** Reading ahead. */
        CACHE,
        /** A question for holes. */
        BLOCK_STATUS,
        /** A flush. */
        FLUSH,
        /** A check of the storage. */
        CHECK,
        /** Closing the backend. */
        CLOSE
    }

    /**
     * One call.
     *
     * @param call the kind of call
     * @param drive the name of the drive
     * @param size the size of the drive (bytes)
     * @param offset the offset in the drive (bytes); 0 without one
     */
    record Access(Call call, String drive, long size, long offset) {}

    /** An injected fault. */
    enum Fault {
        /** No fault. */
        NONE,
        /** An {@link IOException}. The call had no effect. */
        FAIL,
        /** An {@link IOException} after the first half was done. */
        SHORT,
        /** A read or write that returns although only the first half was done. */
        HALF,
        /** No space left. */
        FULL,
        /** An exception that no backend should throw. */
        THROW,
        /** A call that returns only after {@link ScriptedBackends#resume}. */
        HANG
    }

    /**
     * Returns the fault of a call.
     *
     * @param access the call, which has had no effect yet
     * @return the fault to inject
     * @throws IOException if the call fails with this exception; an unchecked exception or error is thrown too
     */
    Fault fault(Access access) throws IOException;

    /**
     * {@return a script with random faults} The choice depends only on the offset. The order of calls therefore
     * does not matter. Opening, closing and checking succeed.
     *
     * @param seed the seed of the choice
     * @param percent the share of calls with a fault
     * @param faults the faults to choose from
     */
    static BackendScript seeded(long seed, int percent, Fault... faults) {
        return access -> {
            Random random = new Random(seed ^ (access.offset * 31 + access.call.ordinal()) * 0x9E3779B97F4A7C15L);
            boolean isOfRequest =
                    switch (access.call) {
                        case OPEN, CHECK, CLOSE -> false;
                        default -> true;
                    };
            boolean wrong = isOfRequest && random.nextInt(100) < percent;
            return wrong ? faults[random.nextInt(faults.length)] : Fault.NONE;
        };
    }
}
