package dev.weir.junit;

import dev.weir.block.Operation;
import dev.weir.fault.Fault;
import java.util.Arrays;
import java.util.Collections;
import java.util.Map;
import java.util.TreeMap;
import java.util.stream.Collectors;

/**
 * A fault of a test's drive. Each method returns another rule; the keys are those of the configuration file.
 *
 * <pre>{@code
 * latency("2ms").on(FLUSH).percentile99("400ms")
 * error(EIO).on(WRITE).percent(0.1).named("flaky")
 * }</pre>
 *
 * <p>Immutable.
 */
public final class FaultRule {
    private final String name;
    private final Map<String, String> settings;

    FaultRule(String name, Map<String, String> settings) {
        this.name = name;
        this.settings = Collections.unmodifiableMap(new TreeMap<>(settings));
    }

    /**
     * Names the fault. Without a name it has the name of its effect, such as {@code latency}.
     *
     * @param newName letters, digits, dots, hyphens and underscores
     */
    public FaultRule named(String newName) {
        return new FaultRule(newName, settings);
    }

    /**
     * Sets a key of the configuration file.
     *
     * @param key the key, for example {@code range} or {@code schedule}
     * @param value the value as text, for example {@code 1MiB+4KiB}
     */
    public FaultRule with(String key, String value) {
        Map<String, String> changed = new TreeMap<>(settings);
        changed.put(key, value);
        return new FaultRule(name, changed);
    }

    /** Limits the fault to operations. */
    public FaultRule on(Operation... operations) {
        return with("on", Arrays.stream(operations).map(Fault::word).distinct().collect(Collectors.joining(",")));
    }

    /**
     * Makes a constant latency the median, with a slower tail.
     *
     * @param latency the 99th percentile, for example {@code 400ms}
     */
    public FaultRule percentile99(String latency) {
        Map<String, String> changed = new TreeMap<>(settings);
        String median = changed.remove("latency");
        if (median != null) {
            changed.put("latency.p50", median);
        }
        changed.put("latency.p99", latency);
        return new FaultRule(name, changed);
    }

    /** Hits a part of the matching requests (percent). */
    public FaultRule percent(double percent) {
        return with(
                "percent", percent == Math.rint(percent) ? Long.toString((long) percent) : Double.toString(percent));
    }

    /** Hits only the Nth matching request, counted from 1. */
    public FaultRule nth(long number) {
        return with("nth", Long.toString(number));
    }

    /** Hits requests that touch a range (bytes). */
    public FaultRule range(long offset, long length) {
        return with("range", offset + "+" + length);
    }

    /** Lets a write repair the bytes that it covers. Needs a range. */
    public FaultRule untilWritten() {
        return with("until", "written");
    }

    /** Lets the backend act before the effect. */
    public FaultRule after() {
        return with("when", "after");
    }

    /**
     * Ends the fault by itself.
     *
     * @param duration for example {@code 30s}
     */
    public FaultRule lasting(String duration) {
        return with("for", duration);
    }

    /** Sets the seed of its random choices. */
    public FaultRule seed(long seed) {
        return with("seed", Long.toString(seed));
    }

    /**
     * {@return the fault}
     *
     * @throws IllegalArgumentException if a setting breaks a rule
     */
    Fault fault() {
        return Fault.of(name, settings);
    }

    /** {@return the name and the settings} */
    @Override
    public String toString() {
        return name + " " + settings;
    }
}
