package dev.weir.junit;

import dev.weir.block.BlockError;
import dev.weir.fault.PowerCut.Keep;
import java.util.Map;

/**
 * The words for faults in a test, for a static import:
 *
 * <pre>{@code
 * disk.fault(latency("2ms").on(FLUSH).percentile99("400ms"));
 * disk.powerCut(keep.random(seed));
 * disk.heal();
 * }</pre>
 */
public final class Faults {

    /** The unflushed writes that survive a power cut. */
    public static final Keeping keep = new Keeping();

    private Faults() {}

    /**
     * Requests take longer.
     *
     * @param latency the added latency, for example {@code 2ms}
     */
    public static FaultRule latency(String latency) {
        return new FaultRule("latency", Map.of("latency", latency));
    }

    /** Requests fail with an error. */
    public static FaultRule error(BlockError error) {
        return new FaultRule("error", Map.of("error", error.name()));
    }

    /** Requests wait until the fault is cleared or {@link FaultRule#lasting its time} is over. */
    public static FaultRule hang() {
        return new FaultRule("hang", Map.of("hang", "until-cleared"));
    }

    /**
     * Reads return flipped bits.
     *
     * @param bits the flipped bits in each bad sector of 512 bytes; 1 to 4096
     */
    public static FaultRule corrupt(int bits) {
        return new FaultRule("corrupt", Map.of("corrupt", Integer.toString(bits)));
    }

    /** The choices of surviving writes. */
    public static final class Keeping {
        private Keeping() {}

        /** No unflushed write survives. */
        public Survivors none() {
            return new Survivors(Keep.NONE, 0, null);
        }

        /** All unflushed writes survive. */
        public Survivors all() {
            return new Survivors(Keep.ALL, 0, null);
        }

        /** All unflushed writes up to a random one survive, in the order of writing. */
        public Survivors prefix(long seed) {
            return new Survivors(Keep.PREFIX, 0, seed);
        }

        /** Each unflushed write survives with probability 1/2. */
        public Survivors random(long seed) {
            return new Survivors(Keep.RANDOM, 0, seed);
        }
    }
}
