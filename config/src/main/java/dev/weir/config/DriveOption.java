package dev.weir.config;

import com.typesafe.config.Config;
import com.typesafe.config.ConfigFactory;
import com.typesafe.config.ConfigObject;
import com.typesafe.config.ConfigUtil;
import com.typesafe.config.ConfigValueFactory;
import dev.weir.throttle.ThrottleLimits;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/**
 * Parses a {@code -drive} option in QEMU's form: {@code id=vm1,file=vm1.img,size=1G,bps=10M}. A double comma is a
 * comma in a value. The result is a HOCON setting and passes the same validation as a file (see {@code
 * docs/design/decisions/010-configuration.md}).
 */
final class DriveOption {
    private static final List<String> ID = List.of("id");
    private static final List<String> TYPE = List.of("backend", "type");
    private static final List<String> PATH = List.of("backend", "path");
    private static final List<String> FORMAT = List.of("backend", "format");
    private static final List<String> URI = List.of("backend", "uri");
    private static final List<String> SIZE = List.of("backend", "size");
    private static final List<String> CREATE = List.of("backend", "create");
    private static final List<String> READ_ONLY = List.of("read-only");
    /** Options that imply the type of the backend. */
    private static final Map<String, String> TYPES = Map.of("file", "file", "memory", "memory", "uri", "nbd");

    private static final Set<String> YES = Set.of("on", "yes", "true");
    private static final String GENERAL = "backend.";

    /** Parts of a block that is given in place of a type. A shell may have split it. */
    private static final Pattern NO_TYPE = Pattern.compile("[{\\[=]");

    private static final Map<String, List<String>> PATHS = paths();

    private final Place place;
    private final Findings findings;
    private final Map<List<String>, String> values = new LinkedHashMap<>();
    private final Map<List<String>, String> names = new LinkedHashMap<>();

    private DriveOption(Place place, Findings findings) {
        this.place = place;
        this.findings = findings;
    }

    /**
     * A drive of the command line.
     *
     * @param id name of the drive
     * @param setting equivalent block of a configuration file
     */
    record NamedDrive(String id, Setting setting) {}

    /**
     * Parses an option.
     *
     * @param order position among all inputs, by which errors are sorted
     * @param folder base folder of relative paths
     * @param running drives before the reading
     * @return null if the option has no {@code id}, which is an error
     */
    static @Nullable NamedDrive read(String text, int order, Path folder, Running running, Findings findings) {
        List<String> parts = split(text);
        DriveOption option = new DriveOption(new Place(order, title(parts), 0), findings);
        parts.forEach(option::add);
        String id = option.values.remove(ID);
        if (id == null) {
            findings.fault(option.place, "id: must be set");
        } else if (!Names.isSafe(id)) {
            option.fault("id", id, Names.RULE);
        }
        option.createWhereSizeIsGiven();
        if (id != null) {
            option.chooseBackend(new BackendChoice(id, folder, running));
        }
        return id == null ? null : new NamedDrive(id, option.setting(folder));
    }

    /**
     * Returns the settings of a drive in the words of an option.
     *
     * @param words words {@code OPTION=VALUE}
     * @param folder base folder of relative paths
     */
    static ConfigObject settings(String id, List<String> words, Path folder, Running running, Findings findings) {
        DriveOption option = new DriveOption(new Place(0, "", 0), findings);
        words.forEach(option::add);
        option.createWhereSizeIsGiven();
        option.chooseBackend(new BackendChoice(id, folder, running));
        return option.config().root();
    }

    /** Returns the path of an option, or null if it is unknown. */
    static @Nullable List<String> path(String option) {
        return option.equals("id") ? null : PATHS.get(option);
    }

    /** Returns the names of all options but {@code id}. */
    static List<String> names() {
        return PATHS.keySet().stream().filter(name -> !name.equals("id")).toList();
    }

    private static Map<String, List<String>> paths() {
        Map<String, List<String>> paths = new LinkedHashMap<>();
        paths.put("id", ID);
        paths.put("file", PATH);
        paths.put("memory", SIZE);
        paths.put("uri", URI);
        paths.put("backend", TYPE);
        paths.put("size", SIZE);
        paths.put("create", CREATE);
        paths.put("format", FORMAT);
        paths.put("cache", List.of("backend", "cache"));
        paths.put("policy", List.of("policy"));
        paths.put(Profiles.PROFILE, List.of(Profiles.PROFILE));
        paths.put("group", List.of("group"));
        paths.put("weight", List.of("weight"));
        ShareReader.MIN_KEYS.forEach(key -> paths.put("min_" + key, List.of("min", key)));
        paths.put("charge-discards", List.of("charge-discards"));
        paths.put("flushes", List.of("flushes"));
        paths.put("read-only", READ_ONLY);
        paths.put("readonly", READ_ONLY);
        ThrottleLimits.keys().forEach(key -> paths.put(key, List.of("limits", key)));
        return paths;
    }

    private static List<String> split(String text) {
        List<String> parts = new ArrayList<>();
        StringBuilder part = new StringBuilder();
        for (int i = 0; i < text.length(); i++) {
            if (text.startsWith(",,", i)) {
                part.append(',');
                i++;
            } else if (text.charAt(i) == ',') {
                parts.add(part.toString());
                part.setLength(0);
            } else {
                part.append(text.charAt(i));
            }
        }
        parts.add(part.toString());
        return parts;
    }

    /**
     * Returns a short title such as {@code -drive id=vm1,…}. It shows the {@code id}, or the first part without one.
     */
    private static String title(List<String> parts) {
        String named = parts.stream()
                .filter(part -> part.startsWith("id="))
                .findFirst()
                .orElse(parts.get(0));
        return "-drive " + Findings.shown(named) + (parts.size() > 1 ? ",…" : "");
    }

    private void add(String part) {
        int equals = part.indexOf('=');
        if (equals < 0) {
            findings.fault(place, Findings.shown(part) + ": must be OPTION=VALUE");
            return;
        }
        String option = part.substring(0, equals);
        String value = part.substring(equals + 1);
        List<String> path =
                option.startsWith(GENERAL) ? List.of("backend", option.substring(GENERAL.length())) : PATHS.get(option);
        if (path == null) {
            fault(option, value, "unknown option" + Suggestion.of(option, PATHS.keySet()));
            return;
        }
        if (path.equals(TYPE) && NO_TYPE.matcher(value).find()) {
            fault(option, value, "must be a type, such as nbd; write each option as its own word: backend.uri=URI");
            return;
        }
        String type = TYPES.get(option);
        if (type == null || set(TYPE, option, type, value)) {
            set(path, option, value, value);
        }
    }

    private boolean set(List<String> path, String option, String setting, String written) {
        String other = names.putIfAbsent(path, option);
        if (other != null) {
            fault(option, written, other.equals(option) ? "is given twice" : "cannot be combined with " + other);
            return false;
        }
        values.put(path, setting);
        return true;
    }

    private void fault(String option, String value, String rule) {
        findings.fault(place, Findings.shown(option) + " = " + Findings.shown(value) + ": " + rule);
    }

    /**
     * Sets {@code create} for a file with a size, because {@code file=vm1.img,size=1G} must work with and without an
     * image.
     */
    private void createWhereSizeIsGiven() {
        boolean file = isFile();
        boolean readOnly = YES.contains(values.getOrDefault(READ_ONLY, "off"));
        if (file && values.containsKey(SIZE) && !readOnly) {
            values.putIfAbsent(CREATE, "true");
        }
    }

    private boolean isFile() {
        return "file".equals(names.get(PATH));
    }

    private void chooseBackend(BackendChoice choice) {
        if (isFile()) {
            boolean creates = YES.contains(values.getOrDefault(CREATE, "off"));
            String type = choice.ofFile(values.getOrDefault(PATH, ""), values.get(FORMAT), creates);
            values.put(TYPE, type);
        }
    }

    private Config config() {
        Config config = ConfigFactory.empty();
        for (Map.Entry<List<String>, String> value : values.entrySet()) {
            config = config.withValue(
                    ConfigUtil.joinPath(value.getKey()), ConfigValueFactory.fromAnyRef(value.getValue()));
        }
        return config;
    }

    private Setting setting(Path folder) {
        Config config = config();
        names.put(TYPE, values.containsKey(TYPE) ? "backend" : "file, memory, uri or backend");
        return Setting.root(new OptionSource(place, names, folder), findings, config.root(), place);
    }
}
