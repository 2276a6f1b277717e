package dev.weir.config;

import java.nio.file.Path;
import java.util.List;
import java.util.Objects;
import java.util.function.UnaryOperator;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/**
 * What the launcher was told: where to look, and what was said on the command line. Paths are absolute.
 *
 * @param home the folder that holds all state
 * @param folder where relative paths of the command line start from
 * @param file the configuration file, or null if there is none
 * @param drives the text of each {@code -drive}
 * @param listen the text of each {@code --listen}
 */
record Inputs(Path home, Path folder, @Nullable Path file, List<String> drives, List<String> listen) {

    /**
     * Reads them from the framework's properties.
     *
     * @throws IllegalStateException if {@code weir.home} is not set
     */
    static Inputs of(UnaryOperator<@Nullable String> properties) {
        String home = properties.apply("weir.home");
        if (home == null) {
            throw new IllegalStateException("weir.home: must be set to an absolute path");
        }
        String file = properties.apply("weir.config.file");
        return new Inputs(
                absolute(home),
                absolute(Objects.requireNonNullElse(properties.apply("weir.cwd"), "")),
                file == null ? null : absolute(file),
                all("weir.drive.", properties),
                all("weir.listen.", properties));
    }

    private static Path absolute(String path) {
        return Path.of(path).toAbsolutePath().normalize();
    }

    private static List<String> all(String prefix, UnaryOperator<@Nullable String> properties) {
        return IntStream.iterate(0, i -> i + 1)
                .mapToObj(i -> properties.apply(prefix + i))
                .takeWhile(Objects::nonNull)
                .flatMap(Stream::ofNullable)
                .toList();
    }
}
