package dev.weir.engine;

import dev.weir.testkit.block.BackendScript.Access;
import dev.weir.testkit.block.BackendScript.Call;
import dev.weir.testkit.block.BackendScript.Fault;
import java.util.Random;

/** The fault of every backend in a chaos test. */
final class BackendFault {
    private static final int NONE = -1;

    private static final int KINDS = 4;

    private int kind = NONE;

    /** Begins a random fault, or ends the present one. */
    void change(Random random) {
        kind = random.nextBoolean() ? NONE : random.nextInt(KINDS);
    }

    void clear() {
        kind = NONE;
    }

    Fault of(Access access) {
        if (access.call() == Call.CHECK) {
            return Fault.NONE;
        }
        return switch (kind) {
            case 0 -> Fault.FAIL;
            case 1 -> Fault.FULL;
            case 2 -> Fault.THROW;
            case 3 -> throw new StackOverflowError("for the test");
            default -> Fault.NONE;
        };
    }
}
