package dev.weir.config;

import java.nio.file.Path;
import java.util.List;
import java.util.Objects;
import java.util.function.UnaryOperator;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/**
 * Command-line inputs from the launcher. All paths are absolute.
 *
 * @param home folder of all state
 * @param folder base folder of relative command-line paths
 * @param file configuration file, or null without one
 * @param drives text of each {@code -drive}
 * @param listen text of each {@code --listen}
 */
record Inputs(Path home, Path folder, @Nullable Path file, List<String> drives, List<String> listen) {

    /**
     * Reads the inputs from framework properties.
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

    /** Returns the absolute path of a place in the configuration file or its includes. A URL stays as it is. */
    String path(Place place) {
        return file == null || place.name().contains("://")
                ? place.name()
                : file.resolveSibling(place.name()).toString();
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
