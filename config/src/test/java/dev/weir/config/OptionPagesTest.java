package dev.weir.config;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.typesafe.config.Config;
import com.typesafe.config.ConfigFactory;
import dev.weir.drive.settings.DriveSettings;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.TreeSet;
import java.util.regex.MatchResult;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** The option tables of the documentation list exactly the existing keys, with the ranges of the code. */
final class OptionPagesTest {
    private static final Pattern ROW =
            Pattern.compile("(?m)^\\| `([^`]+)` \\| ([^|]*) \\| `?([^|`]*)`? \\| ([^|]*) \\|.*$");
    private static final Pattern RANGE = Pattern.compile("`([^`]+)` to `([^`]+)`");

    /** The memory of the JVM bounds some ranges further. */
    private static final Pattern MEMORY = Pattern.compile("must be at most .*(direct memory|nbd.max-total-bytes)");

    private static final Pattern WORDS =
            Pattern.compile("(WORD, )*WORD or WORD".replace("WORD", "`[^`]+`( \\([^)]+\\))?"));

    private final ConfigFolder folder;

    OptionPagesTest(@TempDir Path folder) {
        this.folder = new ConfigFolder(folder);
    }

    /**
     * A row of a table.
     *
     * @param key key in a file, from {@code weir} on
     * @param unit unit or type
     * @param initial default value
     * @param range valid values
     */
    record Option(String key, String unit, String initial, String range) {}

    private static Stream<Option> options(String page) throws IOException {
        return ROW.matcher(Files.readString(Path.of("../docs/reference/bundles", page + ".md")))
                .results()
                .map(row -> new Option(row.group(1), row.group(2), row.group(3), row.group(4)));
    }

    static List<Option> options() throws IOException {
        return Stream.of(
                        options("config"),
                        options("export-nbd"),
                        options("metrics"),
                        options("control"),
                        options("cluster"))
                .flatMap(page -> page)
                .filter(option -> !option.key().startsWith("weir_"))
                .toList();
    }

    private static Stream<String> under(String prefix, List<String> keys) {
        return keys.stream().map(key -> prefix + key);
    }

    @Test
    void everyKeyIsDocumented() throws IOException {
        Stream<String> known = Stream.of(
                        under("", ConfigurationReader.KEYS),
                        under("nbd.", ConfigurationReader.NBD_KEYS),
                        under("metrics.", MetricsReader.KEYS),
                        under("control.", ControlReader.KEYS),
                        under("cluster.", ClusterReader.KEYS),
                        under("groups.NAME.", DriveReader.GROUP_KEYS),
                        under("drives.NAME.", DriveReader.DRIVE_KEYS))
                .flatMap(keys -> keys);
        assertEquals(
                new TreeSet<>(known.toList()),
                new TreeSet<>(options().stream().map(Option::key).toList()));
    }

    @Test
    void defaultPolicyIsDocumented() throws IOException {
        List<String> policies = options().stream()
                .filter(option -> option.unit().equals("type"))
                .map(Option::initial)
                .toList();
        assertEquals(List.of(DriveSettings.DEFAULT_POLICY, DriveSettings.DEFAULT_POLICY), policies);
    }

    static List<Option> ranges() throws IOException {
        return options().stream()
                .filter(option -> RANGE.matcher(option.range()).matches())
                .toList();
    }

    @ParameterizedTest
    @MethodSource("ranges")
    void rangesMatchTheCode(Option option) {
        MatchResult range = RANGE.matcher(option.range()).results().findFirst().orElseThrow();
        for (String taken : List.of(range.group(1), range.group(2))) {
            List<String> faults = faults(option, taken).stream()
                    .filter(fault -> !MEMORY.matcher(fault).find())
                    .toList();
            assertEquals(List.of(), faults, taken);
        }
        String unit = option.unit().equals("count") ? "" : " " + option.unit();
        String rule = "must be from " + number(option, range.group(1)) + " to " + number(option, range.group(2)) + unit;
        List<String> faults = faults(option, "-1");
        assertTrue(faults.toString().endsWith(": " + rule + "]"), faults::toString);
    }

    private static long number(Option option, String written) {
        Config config = ConfigFactory.parseString("it = " + written);
        return switch (option.unit()) {
            case "bytes" -> config.getBytes("it");
            case "s" -> config.getDuration("it").toSeconds();
            case "ns" -> config.getDuration("it").toNanos();
            default -> config.getLong("it");
        };
    }

    static List<Option> words() throws IOException {
        return options().stream()
                .filter(option -> WORDS.matcher(option.range()).matches())
                .toList();
    }

    @ParameterizedTest
    @MethodSource("words")
    void wordsMatchTheCode(Option option) {
        String written = option.range().replace("`", "");
        List<String> faults = faults(option, "junk");
        String fault = faults.toString().replaceFirst("; choose from .*]$", "]");
        assertTrue(fault.endsWith(": must be " + written + "]"), faults::toString);
    }

    @Test
    void pagesCoverAllKindsOfOptions() throws IOException {
        assertEquals(8, ranges().size());
        assertEquals(9, words().size());
    }

    private List<String> faults(Option option, String value) {
        String key = option.key().replace("NAME", "vm1");
        return folder.read("weir.drives.vm1.backend { type = memory, size = 1M }\nweir." + key + " = " + value)
                .faults();
    }
}
