package dev.weir.config;

import com.typesafe.config.ConfigOrigin;
import com.typesafe.config.ConfigUtil;
import java.net.URL;
import java.nio.file.Path;
import java.util.List;
import java.util.Objects;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/**
 * A configuration file with its includes. Errors show file names relative to its folder.
 *
 * @param file absolute path
 */
record FileSource(Path file) implements Source {
    /** File and line in Typesafe Config's origin of a merged value: "merge of FILE: 3-5,FILE: 9". */
    private static final Pattern FILE_AND_LINE = Pattern.compile("(/.+?): (\\d+)");

    /** Returns the place of the file as a whole. */
    Place place() {
        return place(file.toString(), 0);
    }

    @Override
    public @Nullable Place place(ConfigOrigin origin) {
        Matcher written = FILE_AND_LINE.matcher(origin.description());
        URL url = origin.url();
        if (url != null && !url.getProtocol().equals("file")) {
            return place(url.toString(), Math.max(origin.lineNumber(), 0));
        } else if (written.find()) {
            return place(written.group(1), Integer.parseInt(written.group(2)));
        }
        // a file without line numbers, such as .properties
        return origin.description().startsWith("/") ? place(origin.description(), 0) : null;
    }

    Place place(String name, int line) {
        Path folder = folder();
        boolean included = !name.equals(file.toString());
        boolean inFolder = name.startsWith(folder + "/");
        return new Place(
                included ? 1 : 0,
                Findings.shown(inFolder ? folder.relativize(Path.of(name)).toString() : name),
                line);
    }

    @Override
    public String name(List<String> path) {
        return path.isEmpty() ? "weir" : Findings.shown(ConfigUtil.joinPath(path));
    }

    @Override
    public Path folder() {
        return Objects.requireNonNullElse(file.getParent(), file);
    }
}
