package dev.weir.nbd;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNotNull;

import java.io.IOException;
import java.lang.reflect.Method;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;
import java.util.Set;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import org.junit.jupiter.api.Test;

/** Documented defaults of the options match the server's defaults. */
class OptionDefaultsTest {
    private static final Pattern ROW = Pattern.compile("(?m)^\\| `nbd\\.([^`]+)` \\| ([^|]*) \\| ([^|]*) \\|.*$");

    /** Options whose property has a different name. */
    private static final Map<String, String> OTHER_NAMES = Map.of(
            "allow-plaintext-tcp", "plaintext_tcp", "stop-timeout", "stop_millis", "queued-at-stop", "stop_answers");

    /** Options whose default depends on the launcher or on other keys. The page describes it in words. */
    private static final Set<String> IN_WORDS = Set.of(
            "listen",
            "socket-mode",
            "socket-group",
            "default-export",
            "tls-certificate",
            "tls-key",
            "tls-client-ca",
            "tls-psk");

    private static Set<String> written() throws IOException {
        return ROW.matcher(Files.readString(Path.of("../docs/reference/bundles/export-nbd.md")))
                .results()
                .filter(row -> !IN_WORDS.contains(row.group(1)))
                .map(row -> row.group(1) + " = " + row.group(3).replace("`", ""))
                .collect(Collectors.toSet());
    }

    @Test
    void defaultsMatchTheCode() throws IOException, NoSuchMethodException {
        for (String option : written()) {
            String key = option.substring(0, option.indexOf(' '));
            String property = OTHER_NAMES.getOrDefault(key, key.replace('-', '_'));
            Method method = NbdExport.Config.class.getDeclaredMethod(property);
            assertNotNull(method.getDefaultValue(), property);
            assertEquals(key + " = " + shown(key, method.getDefaultValue()), option);
        }
        assertEquals(
                NbdExport.Config.class.getDeclaredMethods().length, written().size() + IN_WORDS.size());
    }

    private static String shown(String key, Object value) {
        if (key.equals("queued-at-stop")) {
            return value.equals(true) ? "eshutdown" : "disconnect";
        }
        if (key.endsWith("-bytes")) {
            return ((long) value >> 20) + "MiB";
        }
        if (key.equals("stop-timeout")) {
            return (long) value / 1000 + "s";
        }
        return key.endsWith("-timeout") ? value + "s" : value.toString();
    }
}
