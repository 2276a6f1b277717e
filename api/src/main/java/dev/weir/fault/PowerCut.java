package dev.weir.fault;

import java.util.List;
import java.util.Locale;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * A power cut: the fate of the unflushed writes. Flushed writes and those with force unit access survive in any case.
 * {@code PowerCutFate} of the bundle filter-faults decides.
 *
 * <p>Immutable.
 *
 * @param keep the choice of the writes that survive
 * @param tear the unit in which a write can be torn: 512 or 4096 bytes; 0 if each write survives whole or not at all
 * @param seed the seed of the choice; null for a random one
 * @param afterNanos how long the drive stays off (ns); 0 if it comes back at once
 */
public record PowerCut(Keep keep, int tear, @Nullable Long seed, long afterNanos) {

    /** The longest {@link #afterNanos}: a day. */
    public static final long MAX_AFTER_NANOS = 86_400_000_000_000L;

    /** The keys of a power cut. */
    public static final List<String> KEYS = List.of("keep", "tear", "seed", "after");

    /** The choice of the unflushed writes that survive. */
    public enum Keep {
        /** None. */
        NONE,
        /** All up to a random one, in the order of writing. */
        PREFIX,
        /** Each with a probability of one half. This is the order in which a disk may reorder. */
        RANDOM,
        /** All. */
        ALL
    }

    /**
     * {@return a power cut with these settings; {@code keep} is {@code none} by default}
     *
     * @param settings values by key
     * @throws IllegalArgumentException if a setting breaks a rule; the message lists all of them
     */
    public static PowerCut of(Map<String, String> settings) {
        SettingsReader in = new SettingsReader(settings);
        in.refuseUnknown(KEYS, "");
        String keep = in.word("keep", "none", List.of("none", "prefix", "random", "all"));
        int tear = Integer.parseInt(in.word("tear", "0", List.of("0", "512", "4096")));
        Long seed = in.isSet("seed") ? (Long) in.whole("seed", 0, 0, Long.MAX_VALUE) : null;
        Long after = in.isSet("after") ? Units.nanos(in.text("after")) : Long.valueOf(0);
        if (after == null || after > MAX_AFTER_NANOS) {
            in.refuse("after", "must be a duration of at most 1d, such as 500ms or 5s");
            after = 0L;
        }
        BrokenRule.refuse(in.broken());
        return new PowerCut(Keep.valueOf(keep.toUpperCase(Locale.ROOT)), tear, seed, after);
    }
}
