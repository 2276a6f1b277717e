package dev.weir.junit;

import dev.weir.fault.PowerCut;
import org.jspecify.annotations.Nullable;

/**
 * The unflushed writes that survive a power cut.
 *
 * <p>Immutable.
 */
public final class Survivors {
    private final PowerCut.Keep keep;
    private final int tear;
    private final @Nullable Long seed;

    Survivors(PowerCut.Keep keep, int tear, @Nullable Long seed) {
        this.keep = keep;
        this.tear = tear;
        this.seed = seed;
    }

    /**
     * Lets writes survive in part.
     *
     * @param bytes the unit of survival: 512 or 4096 bytes
     * @throws IllegalArgumentException if it is another number
     */
    public Survivors torn(int bytes) {
        if (bytes != 512 && bytes != 4096) {
            throw new IllegalArgumentException("tear = " + bytes + ": must be 512 or 4096");
        }
        return new Survivors(keep, bytes, seed);
    }

    PowerCut powerCut() {
        return new PowerCut(keep, tear, seed, 0);
    }
}
