package dev.weir.config;

import com.typesafe.config.ConfigException;
import com.typesafe.config.ConfigValueFactory;
import java.nio.file.Files;
import java.nio.file.InvalidPathException;
import java.nio.file.Path;
import org.jspecify.annotations.Nullable;

/** What single values are read as, beside {@linkplain Quantity numbers}. Null if it is not set, or reported. */
final class Values {
    private Values() {}

    /** Reads text with something in it. */
    static @Nullable String word(Setting setting) {
        String text = setting.text();
        if (text != null && text.isBlank()) {
            setting.fault("must not be empty");
            return null;
        }
        return text;
    }

    /** Reads a boolean, in any of the words that HOCON has for it. */
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

    /** Reads a path and makes it absolute. */
    static @Nullable String path(Setting setting) {
        String text = word(setting);
        return text == null ? null : absolute(setting, text);
    }

    /** Makes a path absolute that stands in a setting. What a shell would expand in it is a fault. */
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
