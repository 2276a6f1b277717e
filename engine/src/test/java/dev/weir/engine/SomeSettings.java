package dev.weir.engine;

import dev.weir.block.Operation;
import dev.weir.throttle.Share;
import dev.weir.throttle.ThrottleLimits;
import java.util.HashMap;
import java.util.Map;
import java.util.Random;

/** Random settings and requests of the chaos model. */
final class SomeSettings {
    /** The longest request (bytes). */
    static final int LONGEST = 5_000;

    private static final Operation[] THROTTLED = {
        Operation.READ, Operation.WRITE, Operation.WRITE_ZEROES, Operation.TRIM, Operation.CACHE
    };
    private static final String[] KEYS = {"bps", "bps_rd", "bps_wr", "iops", "iops_rd", "iops_wr"};

    /** Rates far apart (units/s), so that each change of limits turns a short debt into a long one or back. */
    private static final long[] FAR_APART = {12, 300, 4_000, 60_000, 1_000_000};

    private final Random random;
    private final boolean sharp;

    /**
     * Creates a source of settings.
     *
     * @param sharp whether rates are few and far apart, and mostly {@code bps}
     */
    SomeSettings(Random random, boolean sharp) {
        this.random = random;
        this.sharp = sharp;
    }

    Operation operation() {
        return THROTTLED[random.nextInt(THROTTLED.length)];
    }

    int length() {
        return random.nextInt(4) == 0 ? 1 + random.nextInt(LONGEST) : 512;
    }

    /** Returns up to three limits; with {@code bursts} some have bursts. */
    ThrottleLimits limits(boolean bursts) {
        Map<String, Long> some = new HashMap<>();
        for (int i = random.nextInt(4); i > 0; i--) {
            String key = KEYS[sharp && random.nextInt(4) > 0 ? 0 : random.nextInt(KEYS.length)];
            long rate = sharp
                    ? FAR_APART[random.nextInt(FAR_APART.length)]
                    : 1L + random.nextInt(1 << (4 + random.nextInt(16)));
            if (some.putIfAbsent(key, rate) != null) {
                continue;
            }
            if (bursts && random.nextInt(3) == 0) {
                some.put(key + "_max", rate * (1 + random.nextInt(10)));
                some.put(key + "_max_length", 1L + random.nextInt(5));
            }
            if (key.startsWith("iops") && random.nextInt(4) == 0) {
                some.put("iops_size", 512L << random.nextInt(3));
            }
        }
        return ThrottleLimits.of(some);
    }

    /** Returns the type of a policy. Some are never registered. */
    String policy() {
        if (sharp) {
            return random.nextBoolean() ? "bucket" : "slice";
        }
        return switch (random.nextInt(8)) {
            case 0 -> "nobodys";
            case 1 -> "moody";
            case 2, 3, 4 -> "slice";
            default -> "bucket";
        };
    }

    Share share() {
        return new Share(1 + random.nextInt(9), random.nextInt(2_000), random.nextInt(3));
    }
}
