package dev.weir.config;

import com.typesafe.config.ConfigException;
import com.typesafe.config.ConfigValueFactory;
import java.nio.file.Files;
import java.nio.file.InvalidPathException;
import java.nio.file.Path;
import org.jspecify.annotations.Nullable;

/**
 * Parses single values; {@link Quantity} parses numbers. Each method returns null if the setting is unset or has an
 * error, which is reported.
 */
final class Values {
    private Values() {}

    /** Parses text that must not be blank. */
    static @Nullable String word(Setting setting) {
        String text = setting.text();
        if (text != null && text.isBlank()) {
            setting.fault("must not be empty");
            return null;
        }
        return text;
    }

    /** Parses a boolean in any spelling of HOCON. */
    static @Nullable Boolean flag(Setting setting) {
        String text = setting.text();
        try {
            return text == null
                    ? null
                    : ConfigValueFactory.fromAnyRef(text).atKey("it").getBoolean("it");
        } catch (ConfigException.WrongType e) {
            setting.fault("must be true or false");
            return null;
        }
    }

    /** Parses a path and makes it absolute. */
    static @Nullable String path(Setting setting) {
        String text = word(setting);
        return text == null ? null : absolute(setting, text);
    }

    /** Makes the path of a setting absolute. A {@code ~} or wildcard that only a shell would expand is an error. */
    static @Nullable String absolute(Setting setting, String path) {
        try {
            Path absolute = setting.source().folder().resolve(Path.of(path)).normalize();
            String fault =
                    setting.hasQuotedSubstitution() ? "must be a path" : Files.exists(absolute) ? "" : unexpanded(path);
            if (!fault.isEmpty()) {
                setting.fault(fault);
                return null;
            }
            return absolute.toString();
        } catch (InvalidPathException e) {
            setting.fault("must be a path: " + e.getReason());
            return null;
        }
    }

    private static String unexpanded(String path) {
        if (path.startsWith("~")) {
            return "must be a path; ~ is not expanded, so write the whole path";
        }
        boolean pattern = path.indexOf('*') >= 0 || path.indexOf('?') >= 0;
        return pattern ? "must be one path; * and ? are not expanded" : "";
    }
}
