package dev.weir.config;

import com.typesafe.config.ConfigOrigin;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;

/**
 * One option of the command line.
 *
 * @param place what stands before its faults
 * @param names what its user calls a setting, by the path that this has in a drive of a file
 * @param folder the folder that relative paths start from
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
