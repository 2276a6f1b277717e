package dev.weir.control;

import dev.weir.drive.settings.ConfigurationSource;
import java.util.List;
import java.util.Map;

/** A configuration of the drives vm1 and scratch, whose next reload may have faults. */
final class TestConfiguration implements ConfigurationSource {
    List<String> faults = List.of();

    @Override
    public List<String> reload() {
        return faults;
    }

    @Override
    public Map<String, String> origins(String pid) {
        return Map.of();
    }

    /** Returns the service with its properties. */
    Map.Entry<Map<String, Object>, ConfigurationSource> service() {
        return Map.entry(Map.of(DRIVES, new String[] {"scratch", "vm1"}, CHANGED_MILLIS, 1999L), this);
    }
}
