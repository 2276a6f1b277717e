package dev.weir.control.event;

import dev.weir.control.api.Installation;
import dev.weir.drive.control.DriveControl;
import dev.weir.view.Json;
import dev.weir.view.source.Views;
import dev.weir.view.text.Rates;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/** Samples all drives and finds those that have changed. Confined to one thread. */
final class Samples {
    private final Installation weir;
    private final Views views;

    /** The JSON of each drive at the last sample. */
    private Map<String, String> last = Map.of();

    private String changes = "";

    Samples(Installation weir) {
        this.weir = weir;
        views = new Views(weir);
    }

    /** Samples the drives again. */
    void take() {
        List<DriveControl> drives = weir.drives();
        Map<String, Rates> rates = views.rates(drives);
        Map<String, String> now = new LinkedHashMap<>();
        StringBuilder changed = new StringBuilder();
        for (DriveControl drive : drives) {
            String json = Json.part(DriveSample.of(drive.snapshot(), rates.getOrDefault(drive.name(), Rates.NONE)));
            now.put(drive.name(), json);
            if (!json.equals(last.get(drive.name()))) {
                changed.append(changed.isEmpty() ? "" : ",").append(json);
            }
        }
        List<String> removed =
                last.keySet().stream().filter(name -> !now.containsKey(name)).toList();
        last = now;
        changes = text(false, changed.toString(), removed);
    }

    /** Returns the changes of the last sample as an event. */
    String changes() {
        return changes;
    }

    /** Returns all drives at the last sample as an event. */
    String all() {
        return text(true, String.join(",", last.values()), List.of());
    }

    private static String text(boolean isFull, String drives, List<String> removed) {
        return "event: samples\ndata: {\"full\":%s,\"drives\":[%s],\"removed\":%s}\n\n"
                .formatted(isFull, drives, Json.part(removed));
    }
}
