package dev.weir.drive.settings;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/**
 * The settings of a filter of a drive.
 *
 * <p>Immutable.
 *
 * @param type the type of the filter such as {@code trace}
 * @param options its options by name
 */
public record FilterSettings(String type, Map<String, Object> options) {
    private static final String FILTERS = "filters";
    private static final String FILTER = "filter.";

    /**
     * Copies the options.
     *
     * @param type the type of the filter
     * @param options its options by name
     */
    public FilterSettings {
        options = Map.copyOf(options);
    }

    static List<FilterSettings> of(Map<String, ?> properties) {
        String[] types = properties.get(FILTERS) instanceof String[] known ? known : new String[0];
        List<FilterSettings> filters = new ArrayList<>();
        for (int place = 0; place < types.length; place++) {
            String prefix = FILTER + place + ".";
            Map<String, Object> options = new LinkedHashMap<>();
            properties.forEach((key, value) -> {
                if (key.startsWith(prefix)) {
                    options.put(key.substring(prefix.length()), value);
                }
            });
            filters.add(new FilterSettings(types[place], options));
        }
        return filters;
    }

    static void put(Map<String, Object> properties, List<FilterSettings> filters) {
        if (!filters.isEmpty()) {
            properties.put(FILTERS, filters.stream().map(FilterSettings::type).toArray(String[]::new));
        }
        for (int place = 0; place < filters.size(); place++) {
            String prefix = FILTER + place + ".";
            filters.get(place).options().forEach((option, value) -> properties.put(prefix + option, value));
        }
    }
}
