package dev.weir.fault;

import dev.weir.block.BlockError;
import dev.weir.block.Operation;
import java.util.Collections;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/**
 * A fault that a drive has on purpose. It hits the requests that match its operations, its {@code range} and its
 * {@code percent} or {@code nth}, while it is active. The same settings describe it in a configuration file, in the
 * shell and in a program.
 *
 * <p>Immutable. Two faults are equal if their names and settings are equal.
 */
public final class Fault {

    /** The unit in which a disk goes bad: {@code until = written} and {@code corrupt} count in sectors (bytes). */
    public static final int SECTOR = 512;

    /** The highest {@link #flippedBits}: every bit of a sector. */
    public static final int MAX_FLIPPED_BITS = SECTOR * 8;

    /** The largest range of a fault that lasts until it is written (bytes): 16 GiB. */
    public static final long MAX_WRITTEN_RANGE = 16L << 30;

    /** The effect of a fault on a request. */
    public enum Action {
        /** The request takes longer. */
        LATENCY,
        /** The request fails. */
        ERROR,
        /** The request waits until the fault is no longer active. */
        HANG,
        /** Bits of the read data are flipped. */
        CORRUPT
    }

    private final String name;
    private final Map<String, String> settings;
    private final Values values;

    /**
     * The values of the settings.
     *
     * @param operations the affected operations
     * @param action the effect
     * @param after whether the backend acts before the effect
     * @param latency the latency; null for other actions
     * @param error the error; null for other actions
     * @param flippedBits the flipped bits of a bad sector; 0 for other actions
     * @param sticky whether a re-read finds the same flipped bits
     * @param percent the part of the matching requests, or of the sectors, that is hit (percent)
     * @param nth the only matching request that is hit, counted from 1; 0 for no such rule
     * @param range the range that a request must touch; null for the whole drive
     * @param untilWritten whether a write repairs the bytes that it covers
     * @param activity the times of activity
     * @param seed the seed; null for a random one
     */
    record Values(
            Set<Operation> operations,
            Action action,
            boolean after,
            @Nullable Latency latency,
            @Nullable BlockError error,
            int flippedBits,
            boolean sticky,
            double percent,
            long nth,
            @Nullable ByteRange range,
            boolean untilWritten,
            Activity activity,
            @Nullable Long seed) {}

    Fault(String name, Map<String, String> settings, Values values) {
        this.name = name;
        this.settings = Collections.unmodifiableMap(new TreeMap<>(settings));
        this.values = values;
    }

    /**
     * {@return a fault with these settings}
     *
     * @param name the name: letters, digits, dots, hyphens and underscores
     * @param settings values by key, such as {@code latency.p50} and {@code 2ms}
     * @throws IllegalArgumentException if {@link #brokenRules} is not empty; the message lists all of them
     */
    public static Fault of(String name, Map<String, String> settings) {
        FaultReader reader = new FaultReader(name, settings);
        Fault fault = reader.read();
        BrokenRule.refuse(reader.broken());
        return fault;
    }

    /**
     * {@return the rules that these settings break; may be empty}
     *
     * @param name the name
     * @param settings values by key
     */
    public static List<BrokenRule> brokenRules(String name, Map<String, String> settings) {
        FaultReader reader = new FaultReader(name, settings);
        reader.read();
        return reader.broken();
    }

    /** {@return the keys of a fault} The keys of a latency distribution begin with {@code latency.}. */
    public static List<String> keys() {
        return FaultReader.KEYS;
    }

    /** {@return the words for operations} */
    public static List<String> operationWords() {
        return List.copyOf(FaultReader.OPERATIONS.keySet());
    }

    /** {@return the name} */
    public String name() {
        return name;
    }

    /** {@return the settings by key, sorted, as they were written} */
    public Map<String, String> settings() {
        return settings;
    }

    /** {@return the affected operations} */
    public Set<Operation> operations() {
        return values.operations;
    }

    /** {@return the effect} */
    public Action action() {
        return values.action;
    }

    /** {@return whether the backend acts on the request before the effect} */
    public boolean after() {
        return values.after;
    }

    /** {@return the added latency; null for other actions} */
    public @Nullable Latency latency() {
        return values.latency;
    }

    /** {@return the error; null for other actions} */
    public @Nullable BlockError error() {
        return values.error;
    }

    /** {@return the number of flipped bits in a bad sector; 0 for other actions} */
    public int flippedBits() {
        return values.flippedBits;
    }

    /** {@return whether a re-read of a bad sector finds the same flipped bits} */
    public boolean sticky() {
        return values.sticky;
    }

    /** {@return the part that is hit (percent): of the matching requests, or of the sectors for {@code corrupt}} */
    public double percent() {
        return values.percent;
    }

    /** {@return the only matching request that is hit, counted from 1; 0 for no such rule} */
    public long nth() {
        return values.nth;
    }

    /** {@return the range that a request must touch; null for the whole drive} */
    public @Nullable ByteRange range() {
        return values.range;
    }

    /** {@return whether a write repairs the sectors that it covers} */
    public boolean untilWritten() {
        return values.untilWritten;
    }

    /** {@return the times of activity after the fault was set} */
    public Activity activity() {
        return values.activity;
    }

    /** {@return the seed of its random choices; null for a random one} */
    public @Nullable Long seed() {
        return values.seed;
    }

    /**
     * {@return this fault with a seed}
     *
     * @param seed the seed; 0 or more
     */
    public Fault withSeed(long seed) {
        Map<String, String> seeded = new TreeMap<>(settings);
        seeded.put("seed", Long.toString(seed));
        return of(name, seeded);
    }

    @Override
    public boolean equals(@Nullable Object other) {
        return other instanceof Fault fault && fault.name.equals(name) && fault.settings.equals(settings);
    }

    @Override
    public int hashCode() {
        return 31 * name.hashCode() + settings.hashCode();
    }

    /** {@return the settings in one line, such as {@code latency=2ms on=flush}} */
    public String text() {
        return settings.entrySet().stream()
                .map(setting -> setting.getKey() + "=" + setting.getValue())
                .collect(Collectors.joining(" "));
    }

    /** {@return the name and the settings in one line; {@link FaultSettings} parses it} */
    @Override
    public String toString() {
        return name + " " + text();
    }

    /**
     * {@return the word for an operation as in a configuration file}
     *
     * @param operation the operation
     */
    public static String word(Operation operation) {
        return operation == Operation.FAST_ZERO
                ? "write-zeroes"
                : operation.name().toLowerCase(Locale.ROOT).replace('_', '-');
    }
}
