package dev.weir;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.weir.block.BlockError;
import dev.weir.cluster.ClusterScope;
import dev.weir.cluster.OnPartition;
import dev.weir.drive.settings.Charging;
import dev.weir.drive.settings.DriveSettings;
import dev.weir.drive.settings.FilterSettings;
import dev.weir.drive.settings.GroupSettings;
import dev.weir.event.StateEvent;
import dev.weir.fault.Fault;
import dev.weir.fault.FaultSettings;
import dev.weir.fault.PowerCut;
import dev.weir.throttle.Share;
import dev.weir.throttle.ThrottleLimits;
import java.io.IOException;
import java.lang.reflect.Field;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collection;
import java.util.List;
import java.util.Map;
import java.util.TreeSet;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;

/** Tables of the documentation list exactly the properties, faults and events of the API. */
class ReferencePagesTest {
    private static final Pattern WORD = Pattern.compile("`([a-zA-Z][\\w.-]*)`");

    private static String page(String name) throws IOException {
        return Files.readString(Path.of("../docs", name));
    }

    private static List<String> words(String text) {
        return WORD.matcher(text).results().map(word -> word.group(1)).toList();
    }

    /** Returns the words in a column of the table after a text. */
    private static List<String> column(String page, String after, int column) {
        int at = page.indexOf(after);
        assertTrue(at >= 0, after);
        List<String> words = new ArrayList<>();
        page.substring(page.indexOf("\n| ---", at))
                .lines()
                .skip(2)
                .takeWhile(line -> line.startsWith("|"))
                .forEach(line -> words.addAll(words(line.split("(?<!\\\\)\\|", -1)[column])));
        return words;
    }

    private static String sorted(Collection<String> words) {
        return String.join("\n", new TreeSet<>(words));
    }

    /** Compares the properties of a configuration with the row of its PID. */
    private static void compare(String pid, Map<String, Object> properties) throws IOException {
        Matcher row = Pattern.compile("(?m)^\\| `" + pid + "~NAME` \\(factory\\) \\| (.*) \\|$")
                .matcher(page("guides/other-frameworks.md"));
        assertTrue(row.find(), pid);
        List<String> written = words(row.group(1)).stream()
                .filter(word -> !word.equals("String"))
                .toList();
        Stream<String> used = properties.keySet().stream()
                .map(property -> written.contains(property) ? property : general(written, property));
        assertEquals(sorted(written), sorted(used.toList()));
    }

    /** Returns the name with a placeholder that a property has; the property itself if no name fits. */
    private static String general(List<String> written, String property) {
        return written.stream()
                .filter(name -> property.matches(
                        name.replace(".", "\\.").replace(".N", ".\\d+").replaceAll("[A-Z]+$", ".+")))
                .findFirst()
                .orElse(property);
    }

    @Test
    void propertiesOfDrivesAreListed() throws IOException {
        DriveSettings settings = DriveSettings.builder("vm1", "file")
                .options(Map.of("path", "vm1.img"))
                .group("tenant-a")
                .limits(ThrottleLimits.of(Map.of("bps", 1L)))
                .description("for Alice")
                .clients(List.of("alice"))
                .charging(new Charging(true, 20))
                .filters(List.of(new FilterSettings("trace", Map.of("slower-than", 5L))))
                .share(new Share(5, 6, 7))
                .faults(FaultSettings.of(Map.of("faults", "slow latency=1ms", "power-cut", true)))
                .build();
        compare("weir.drive", settings.toProperties());
    }

    @Test
    void propertiesOfGroupsAreListed() throws IOException {
        ThrottleLimits limits = ThrottleLimits.of(Map.of("iops", 2_000L));
        GroupSettings settings = new GroupSettings(
                "tenant-a", "bucket", limits, "host", new Share(2, 3, 4), new ClusterScope(1, 3, 3, OnPartition.HOLD));
        compare("weir.group", settings.toProperties());
    }

    @Test
    void keysOfFaultsAreListed() throws IOException {
        String page = page("reference/bundles/filter-faults.md");
        assertEquals(sorted(Fault.keys()), sorted(column(page, "## Options", 1)));
        assertEquals(
                List.of(FaultSettings.POWER_CUT, FaultSettings.MEMORY, FaultSettings.SEED),
                column(page, "Beside the faults stand", 1));
        String rows = page.substring(page.indexOf("| `on`"), page.indexOf("| `hang`"));
        List<String> values = words(rows);
        assertTrue(values.containsAll(Fault.operationWords()), rows);
        assertTrue(
                values.containsAll(
                        Arrays.stream(BlockError.values()).map(Enum::name).toList()),
                rows);
        Matcher command = Pattern.compile("`power-cut NAME (.*)`").matcher(page);
        assertTrue(command.find());
        assertEquals(
                PowerCut.KEYS,
                Pattern.compile("\\[(\\w+)=")
                        .matcher(command.group(1))
                        .results()
                        .map(key -> key.group(1))
                        .toList());
    }

    @Test
    void eventsAreListed() throws IOException, IllegalAccessException {
        List<String> types = new ArrayList<>();
        for (Field field : StateEvent.class.getFields()) {
            types.add(String.valueOf(field.get(null)));
        }
        assertEquals(sorted(types), sorted(column(page("reference/bundles/control.md"), "| event | of |", 1)));
    }
}
