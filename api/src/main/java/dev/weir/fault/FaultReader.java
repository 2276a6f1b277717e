package dev.weir.fault;

import dev.weir.block.BlockError;
import dev.weir.block.Operation;
import dev.weir.fault.Fault.Action;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.EnumSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/** Parses the settings of a fault and collects the broken rules. Not thread-safe. */
final class FaultReader {
    static final List<String> KEYS = List.of(
            "on",
            "when",
            "latency",
            "error",
            "hang",
            "corrupt",
            "sticky",
            "percent",
            "nth",
            "range",
            "until",
            "for",
            "schedule",
            "every",
            "seed");

    static final Map<String, Set<Operation>> OPERATIONS = operations();

    private static final List<String> ACTIONS = List.of("latency", "error", "hang", "corrupt");
    private static final Pattern NAME = Pattern.compile("[A-Za-z0-9][A-Za-z0-9._-]{0,99}");
    private static final int MOST_WINDOWS = 100;

    /** The operations that move the head of a disk. */
    private static final Set<Operation> SEEKING =
            EnumSet.of(Operation.READ, Operation.WRITE, Operation.WRITE_ZEROES, Operation.FAST_ZERO);

    private final String name;
    private final SettingsReader in;

    FaultReader(String name, Map<String, String> settings) {
        this.name = name;
        this.in = new SettingsReader(settings);
    }

    private static Map<String, Set<Operation>> operations() {
        Map<String, Set<Operation>> words = new LinkedHashMap<>();
        for (Operation operation : Operation.values()) {
            words.computeIfAbsent(Fault.word(operation), word -> EnumSet.noneOf(Operation.class))
                    .add(operation);
        }
        return words;
    }

    List<BrokenRule> broken() {
        return in.broken();
    }

    Fault read() {
        if (!NAME.matcher(name).matches()) {
            in.refuse(
                    "name",
                    name,
                    "must be 1 to 100 letters, digits, dots, hyphens and underscores, and start with a letter or"
                            + " digit");
        }
        in.refuseUnknown(KEYS, "latency.");
        Action action = action();
        Set<Operation> operations = operations(action);
        ByteRange range = range();
        boolean after = in.word("when", "before", List.of("before", "after")).equals("after");
        boolean isCorrupt = action == Action.CORRUPT;
        refuseWith(isCorrupt, "when", "nth");
        refuseWith(action == Action.HANG && after, "when");
        refuseWith(!isCorrupt, "sticky");
        boolean untilWritten = untilWritten(action, operations, range);
        Latency latency = action == Action.LATENCY ? new LatencyReader(in).read() : null;
        if (latency instanceof Latency.Seek && !SEEKING.containsAll(operations)) {
            in.refuse("on", "must be read, write or write-zeroes for a seek");
        }
        Fault.Values values = new Fault.Values(
                operations,
                action,
                after,
                latency,
                in.isSet("error") ? error() : null,
                isCorrupt ? (int) in.whole("corrupt", 1, 1, Fault.MAX_FLIPPED_BITS) : 0,
                in.word("sticky", "true", List.of("true", "false")).equals("true"),
                percent(),
                in.isSet("nth") ? in.whole("nth", 0, 1, Long.MAX_VALUE) : 0,
                range,
                untilWritten,
                activity(action),
                in.isSet("seed") ? (Long) in.whole("seed", 0, 0, Long.MAX_VALUE) : null);
        return new Fault(name, in.settings(), values);
    }

    private void refuseWith(boolean isRefused, String... keys) {
        for (String key : keys) {
            if (isRefused && in.isSet(key)) {
                in.refuse(key, "does not go with " + action().name().toLowerCase(Locale.ROOT));
            }
        }
    }

    private Action action() {
        List<String> set = ACTIONS.stream().filter(in::isSetOrBlock).toList();
        if (set.size() != 1) {
            in.refuse(
                    set.isEmpty() ? "" : set.get(1),
                    set.isEmpty()
                            ? "must have one of latency, error, hang and corrupt"
                            : "cannot be combined with " + set.get(0) + "; write a second fault");
        }
        return set.isEmpty() ? Action.ERROR : Action.valueOf(set.get(0).toUpperCase(Locale.ROOT));
    }

    private Set<Operation> operations(Action action) {
        if (!in.isSet("on")) {
            return action == Action.CORRUPT
                    ? EnumSet.of(Operation.READ)
                    : EnumSet.complementOf(EnumSet.of(Operation.CACHE, Operation.BLOCK_STATUS));
        }
        Set<Operation> operations = EnumSet.noneOf(Operation.class);
        for (String word : in.text("on").split(",", -1)) {
            Set<Operation> known = OPERATIONS.get(word.strip());
            if (known == null) {
                in.refuse(
                        "on",
                        "has no operation " + word.strip() + SettingsReader.hint(word.strip(), OPERATIONS.keySet()));
            } else {
                operations.addAll(known);
            }
        }
        if (action == Action.CORRUPT && !operations.equals(EnumSet.of(Operation.READ)) && !operations.isEmpty()) {
            in.refuse("on", "must be read for corrupt");
        }
        return operations;
    }

    private @Nullable BlockError error() {
        List<String> words =
                Arrays.stream(BlockError.values()).map(BlockError::name).collect(Collectors.toList());
        String word = in.text("error");
        if (!words.contains(word)) {
            in.refuse("error", "must be an error of the block layer" + SettingsReader.hint(word, words));
            return null;
        }
        return BlockError.valueOf(word);
    }

    private double percent() {
        if (in.isSet("percent") && in.isSet("nth")) {
            in.refuse("nth", "cannot be combined with percent");
        }
        return in.decimal("percent", 100, 0, 100);
    }

    private @Nullable ByteRange range() {
        if (!in.isSet("range")) {
            return null;
        }
        String[] parts = in.text("range").split("\\+", -1);
        Long offset = parts.length == 2 ? Units.bytes(parts[0]) : null;
        Long length = parts.length == 2 ? Units.bytes(parts[1]) : null;
        if (offset == null || length == null || length == 0 || offset > Long.MAX_VALUE - length) {
            in.refuse("range", "must be OFFSET+LENGTH, such as 1MiB+4KiB");
            return null;
        }
        return new ByteRange(offset, length);
    }

    private boolean untilWritten(Action action, Set<Operation> operations, @Nullable ByteRange range) {
        if (!in.isSet("until")) {
            return false;
        }
        in.word("until", "written", List.of("written"));
        if (action != Action.ERROR && action != Action.CORRUPT) {
            in.refuse("until", "needs error or corrupt");
        }
        if (operations.contains(Operation.WRITE) || operations.contains(Operation.WRITE_ZEROES)) {
            in.refuse("until", "needs \"on\" without write and write-zeroes, which repair");
        }
        if (range == null && !in.isSet("range")) {
            in.refuse("until", "needs a range");
        } else if (range != null && (range.offset() % Fault.SECTOR != 0 || range.length() % Fault.SECTOR != 0)) {
            in.refuse("range", "must be in multiples of " + Fault.SECTOR + " because of until = written");
        } else if (range != null && range.length() > Fault.MAX_WRITTEN_RANGE) {
            in.refuse(
                    "range", "must be at most " + Units.size(Fault.MAX_WRITTEN_RANGE) + " because of until = written");
        }
        return true;
    }

    private Activity activity(Action action) {
        List<Activity.Window> windows = new ArrayList<>();
        String whole = "";
        if (action == Action.HANG && !in.text("hang").equals("until-cleared")) {
            whole = "hang";
            windows.add(new Activity.Window(0, in.nanos("hang", " or until-cleared")));
        }
        for (String key : List.of("for", "schedule")) {
            if (in.isSet(key) && !whole.isEmpty()) {
                in.refuse(key, "cannot be combined with " + whole + " = " + in.text(whole));
            } else if (in.isSet(key)) {
                whole = key;
                windows.addAll(key.equals("for") ? List.of(new Activity.Window(0, in.nanos("for", ""))) : schedule());
            }
        }
        long period = in.isSet("every") ? in.nanos("every", "") : 0;
        if (in.isSet("every") && whole.isEmpty()) {
            in.refuse("every", "needs for, schedule or a hang with a duration");
        } else if (in.isSet("every") && !windows.isEmpty()) {
            long end = windows.get(windows.size() - 1).endNanos();
            if (period <= end) {
                in.refuse("every", "must be longer than " + Units.time(end) + ", the end of " + whole);
            }
        }
        return new Activity(windows, period);
    }

    private List<Activity.Window> schedule() {
        List<Activity.Window> windows = new ArrayList<>();
        String rule = "must be START+LENGTH in ascending order with gaps, such as 10s+5s,60s+1s";
        long end = -1;
        for (String text : in.text("schedule").split(",", -1)) {
            String[] parts = text.split("\\+", -1);
            Long start = parts.length == 2 ? Units.nanos(parts[0]) : null;
            Long length = parts.length == 2 ? Units.nanos(parts[1]) : null;
            if (start == null || length == null || length == 0 || start <= end || start > Long.MAX_VALUE / 4 - length) {
                in.refuse("schedule", rule);
                return windows;
            }
            windows.add(new Activity.Window(start, length));
            end = start + length;
        }
        if (windows.size() > MOST_WINDOWS) {
            in.refuse("schedule", "must be at most " + MOST_WINDOWS + " windows");
        }
        return windows;
    }
}
