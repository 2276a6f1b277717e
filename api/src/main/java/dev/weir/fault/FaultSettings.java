package dev.weir.fault;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/**
 * The faults of a drive and its record of unflushed writes. They are the options of a filter of the type {@value
 * #TYPE}.
 *
 * <p>Immutable.
 *
 * @param faults the faults in their order; unique names
 * @param powerCut whether the drive keeps a record of unflushed writes, which a power cut can lose
 * @param memory the most bytes in that record; the oldest writes beyond them go to the backend
 * @param seed the seed of the faults that have none; null for a random one
 */
public record FaultSettings(List<Fault> faults, boolean powerCut, long memory, @Nullable Long seed) {

    /** The type of the filter that applies the faults. */
    public static final String TYPE = "faults";

    /** The key of {@link #powerCut}. */
    public static final String POWER_CUT = "power-cut";

    /** The key of {@link #memory}. */
    public static final String MEMORY = "power-cut-memory";

    /** The key of {@link #seed}. */
    public static final String SEED = "seed";

    /** The option of the filter with all faults as text. */
    public static final String FAULTS = "faults";

    /** The default of {@link #memory}: 64 MiB. */
    public static final long DEFAULT_MEMORY = 64L << 20;

    /** The least {@link #memory}: the longest write, 32 MiB. */
    public static final long LEAST_MEMORY = 32L << 20;

    /** The most faults of a drive. */
    public static final int MOST = 100;

    /** No faults and no record. */
    public static final FaultSettings NONE = new FaultSettings(List.of(), false, DEFAULT_MEMORY, null);

    /**
     * Checks the settings.
     *
     * @param faults the faults
     * @param powerCut whether the drive keeps a record
     * @param memory the size of the record (bytes)
     * @param seed the seed, or null
     * @throws IllegalArgumentException if a name occurs twice or a value is out of range
     */
    public FaultSettings {
        faults = List.copyOf(faults);
        Set<String> names = new HashSet<>();
        for (Fault fault : faults) {
            if (!names.add(fault.name())) {
                throw new IllegalArgumentException("fault " + fault.name() + ": is set twice");
            }
        }
        if (faults.size() > MOST) {
            throw new IllegalArgumentException("faults: must be at most " + MOST + ", not " + faults.size());
        }
        if (memory < LEAST_MEMORY) {
            throw new IllegalArgumentException(MEMORY + " = " + memory + ": must be at least " + LEAST_MEMORY);
        }
        if (seed != null && seed < 0) {
            throw new IllegalArgumentException(SEED + " = " + seed + ": must be 0 or more");
        }
    }

    /** {@return whether the drive needs no filter} */
    public boolean isEmpty() {
        return faults.isEmpty() && !powerCut;
    }

    /**
     * {@return the fault of a name; null if no fault has it}
     *
     * @param name the name
     */
    public @Nullable Fault find(String name) {
        return faults.stream()
                .filter(fault -> fault.name().equals(name))
                .findFirst()
                .orElse(null);
    }

    /**
     * {@return these settings with a fault in the place of the one of its name, or at the end}
     *
     * @param fault the fault
     * @throws IllegalArgumentException if there would be too many faults
     */
    public FaultSettings with(Fault fault) {
        List<Fault> changed = new ArrayList<>(faults);
        changed.replaceAll(each -> each.name().equals(fault.name()) ? fault : each);
        if (find(fault.name()) == null) {
            changed.add(fault);
        }
        return new FaultSettings(changed, powerCut, memory, seed);
    }

    /**
     * {@return these settings without the fault of a name}
     *
     * @param name the name
     */
    public FaultSettings without(String name) {
        return new FaultSettings(
                faults.stream().filter(fault -> !fault.name().equals(name)).toList(), powerCut, memory, seed);
    }

    /** {@return the options of the filter} */
    public Map<String, Object> toOptions() {
        Map<String, Object> options = new LinkedHashMap<>();
        if (!faults.isEmpty()) {
            options.put(FAULTS, faults.stream().map(Fault::toString).collect(Collectors.joining("; ")));
        }
        if (powerCut) {
            options.put(POWER_CUT, true);
        }
        if (memory != DEFAULT_MEMORY) {
            options.put(MEMORY, memory);
        }
        if (seed != null) {
            options.put(SEED, seed);
        }
        return options;
    }

    /**
     * {@return the settings in the options of a filter}
     *
     * @param options option values by name; others are ignored
     * @throws IllegalArgumentException if a fault breaks a rule; the message names it
     */
    public static FaultSettings of(Map<String, ?> options) {
        List<Fault> faults = new ArrayList<>();
        if (options.get(FAULTS) instanceof String text) {
            for (String each : text.split(";", -1)) {
                if (!each.isBlank()) {
                    faults.add(parse(each.strip()));
                }
            }
        }
        return new FaultSettings(
                faults,
                Boolean.TRUE.equals(options.get(POWER_CUT)),
                options.get(MEMORY) instanceof Long memory ? memory : DEFAULT_MEMORY,
                options.get(SEED) instanceof Long seed ? seed : null);
    }

    private static Fault parse(String text) {
        List<String> words = Arrays.asList(text.split("\\s+", -1));
        try {
            return Fault.of(words.get(0), settings(words.subList(1, words.size())));
        } catch (IllegalArgumentException e) {
            throw new IllegalArgumentException("fault " + words.get(0) + ": " + e.getMessage(), e);
        }
    }

    /**
     * {@return settings by key from words such as {@code latency.p50=2ms}}
     *
     * @param words the words
     * @throws IllegalArgumentException if a word is not {@code KEY=VALUE} or a key occurs twice
     */
    public static Map<String, String> settings(List<String> words) {
        Map<String, String> settings = new LinkedHashMap<>();
        for (String word : words) {
            int equals = word.indexOf('=');
            boolean isList = word.startsWith("[") || word.startsWith("{");
            if (equals <= 0 || isList) {
                throw new IllegalArgumentException(
                        "\"" + word + "\": must be KEY=VALUE" + (isList ? " without brackets: on=read,write" : ""));
            }
            String key = word.substring(0, equals);
            if (settings.put(key, word.substring(equals + 1)) != null) {
                throw new IllegalArgumentException(key + ": is given twice");
            }
        }
        return settings;
    }
}
