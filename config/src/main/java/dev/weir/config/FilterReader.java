package dev.weir.config;

import dev.weir.block.filter.BlockFilterFactory;
import dev.weir.drive.settings.DriveSettings;
import dev.weir.drive.settings.FilterSettings;
import dev.weir.fault.FaultSettings;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;

/** Parses the list {@code filters} of a drive. */
final class FilterReader {

    /** The longest chain of filters. */
    static final int MAX_FILTERS = 16;

    private final Types types;
    private final Running running;

    FilterReader(Types types, Running running) {
        this.types = types;
        this.running = running;
    }

    /** Returns the filters of a drive. The result is incomplete if an error was reported. */
    List<FilterSettings> read(String drive, Setting filters) {
        List<FilterSettings> read = new ArrayList<>();
        List<Setting> written = filters.elements();
        if (written.size() > MAX_FILTERS) {
            filters.fault("must be at most " + MAX_FILTERS + " filters");
        }
        for (Setting filter : written) {
            if (filter.isBlock()) {
                read.add(filter(drive, filter));
            }
        }
        return read;
    }

    /** Returns the types that a list of filters can name. */
    private List<String> known() {
        return types.filters().keySet().stream()
                .filter(type -> !type.equals(FaultSettings.TYPE))
                .toList();
    }

    private FilterSettings filter(String drive, Setting filter) {
        Setting type = filter.child(OptionsReader.TYPE);
        String name = Values.word(type);
        if (!type.isSet()) {
            type.fault("must be set" + Suggestion.of("", known()));
        }
        if (name == null) {
            return new FilterSettings("", Map.of());
        }
        if (name.equals(FaultSettings.TYPE)) {
            type.fault("is the filter of the block faults { … }; write that block instead");
        }
        BlockFilterFactory factory = types.filters().get(name);
        if (factory == null) {
            reportMissing(drive, type, name);
        }
        return new FilterSettings(name, OptionsReader.read(filter, type, factory));
    }

    /**
     * Reports a type without a registered factory. This is an error if the type is probably misspelt or the requests
     * of a running drive would be held. Otherwise it is a warning.
     */
    private void reportMissing(String drive, Setting type, String name) {
        DriveSettings before = running.settings(drive);
        boolean isOther = before == null
                || before.filters().stream().noneMatch(filter -> filter.type().equals(name));
        Suggestion suggestion = Suggestion.of(name, known());
        String missing = "no filter of this type is available";
        if (isOther && running.isServing(drive)) {
            type.fault(missing + "; the change would hold requests of running drives" + suggestion);
        } else if (isOther && suggestion.isNear()) {
            type.fault(missing + suggestion);
        } else {
            type.warn(missing + "; requests are held until one is" + suggestion);
        }
    }
}
