package dev.weir.config;

import com.typesafe.config.ConfigOrigin;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;

/**
 * An option of the command line.
 *
 * @param place place that its errors show
 * @param names command-line name of each setting, by its path in the drive's block
 * @param folder base folder of relative paths
 */
record OptionSource(Place place, Map<List<String>, String> names, Path folder) implements Source {

    @Override
    public Place place(ConfigOrigin origin) {
        return place;
    }

    @Override
    public String name(List<String> path) {
        int own = path.size() > 1 && path.get(0).equals("limits") ? 1 : 0;
        return names.getOrDefault(path, String.join(".", path.subList(own, path.size())));
    }
}
