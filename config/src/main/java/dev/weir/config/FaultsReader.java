package dev.weir.config;

import dev.weir.drive.settings.DriveSettings;
import dev.weir.fault.BrokenRule;
import dev.weir.fault.Fault;
import dev.weir.fault.FaultSettings;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/** Parses the block {@code faults} of a drive. The rules of a fault are those of the API. */
final class FaultsReader {
    /** Keys of the block that are no fault. */
    static final List<String> KEYS = List.of(FaultSettings.POWER_CUT, FaultSettings.MEMORY, FaultSettings.SEED);

    private final Types types;
    private final Running running;

    FaultsReader(Types types, Running running) {
        this.types = types;
        this.running = running;
    }

    /** Returns the faults of a profile. The result is incomplete if an error was reported. */
    static List<Fault> ofProfile(Setting block) {
        return block.children().stream()
                .map(child -> fault(child, List.of()))
                .flatMap(Stream::ofNullable)
                .toList();
    }

    /**
     * Returns the faults of a drive: those of its profile, and those of the block, which go before them. The word
     * {@code off} takes one of the profile away, and is valid for a fault that the profile lacks. The result is
     * incomplete if an error was reported.
     */
    FaultSettings read(String drive, Setting block, Profiles.Profile profile) {
        Map<String, Fault> byName = new LinkedHashMap<>();
        profile.faults().forEach(fault -> byName.put(fault.name(), fault));
        for (Setting child : block.children()) {
            if (KEYS.contains(child.key())) {
                continue;
            }
            if (!child.hasChildren() && "off".equals(child.text())) {
                takeAway(child, byName);
            } else {
                Fault fault = fault(child, KEYS);
                if (fault != null && byName.size() < FaultSettings.MOST) {
                    byName.put(fault.name(), fault);
                } else if (fault != null) {
                    child.fault("is one fault too many; a drive has at most " + FaultSettings.MOST);
                }
            }
        }
        List<Fault> faults = List.copyOf(byName.values());
        boolean powerCut = Objects.requireNonNullElse(Values.flag(block.child(FaultSettings.POWER_CUT)), false);
        FaultSettings read = new FaultSettings(
                faults, powerCut, memory(block.child(FaultSettings.MEMORY)), seed(block.child(FaultSettings.SEED)));
        if (!read.isEmpty() && !types.filters().containsKey(FaultSettings.TYPE)) {
            reportMissing(drive, block);
        }
        return read;
    }

    private static void takeAway(Setting off, Map<String, Fault> byName) {
        if (byName.remove(off.key()) == null) {
            String near = Suggestion.near(off.key(), byName.keySet());
            if (!near.isEmpty()) {
                off.fault("is no fault of the profile" + near);
            }
        }
    }

    private static long memory(Setting memory) {
        Long bytes = Quantity.bytes(memory);
        if (bytes == null) {
            return FaultSettings.DEFAULT_MEMORY;
        }
        if (bytes < FaultSettings.LEAST_MEMORY) {
            memory.fault("must be at least 32MiB, the longest write");
            return FaultSettings.DEFAULT_MEMORY;
        }
        return bytes;
    }

    private static @Nullable Long seed(Setting seed) {
        Long value = Quantity.natural(seed);
        return value == null || value < 0 ? null : value;
    }

    private void reportMissing(String drive, Setting block) {
        DriveSettings before = running.settings(drive);
        String missing = "the filter " + FaultSettings.TYPE + " is not available";
        if (running.isServing(drive) && (before == null || before.faults().isEmpty())) {
            block.fault(missing + "; the change would hold requests of the running drive");
        } else {
            block.warn(missing + "; requests are held until it is");
        }
    }

    private static @Nullable Fault fault(Setting block, List<String> keys) {
        if (!block.hasChildren()) {
            block.fault("must be a fault { … }"
                    + (keys.isEmpty() ? "" : " or one of " + String.join(", ", keys))
                    + Suggestion.near(block.key(), keys));
            return null;
        }
        Map<String, String> settings = new LinkedHashMap<>();
        Map<String, Setting> places = new LinkedHashMap<>();
        block.children().stream().flatMap(child -> child.leaves().stream()).forEach(leaf -> {
            String key = leaf.nameIn(block);
            places.put(key, leaf);
            settings.put(key, text(leaf));
        });
        List<BrokenRule> broken = Fault.brokenRules(block.key(), settings);
        broken.forEach(rule -> places.getOrDefault(rule.key(), block).fault(rule.rule()));
        return broken.isEmpty() ? Fault.of(block.key(), settings) : null;
    }

    /** Returns a single value, or the values of a list with commas between them. */
    private static String text(Setting setting) {
        return setting.elements().stream()
                .map(Setting::text)
                .flatMap(Stream::ofNullable)
                .collect(Collectors.joining(","));
    }
}
