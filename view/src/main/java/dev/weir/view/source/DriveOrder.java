package dev.weir.view.source;

import dev.weir.drive.control.DriveControl;
import java.util.Collection;
import java.util.Comparator;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/** The order in which drives are listed. */
public final class DriveOrder {
    private DriveOrder() {}

    /** Returns drives in the order of their configured names. Unconfigured drives follow by name. */
    public static List<DriveControl> of(Collection<DriveControl> drives, List<String> configured) {
        Map<String, Integer> places = new HashMap<>();
        configured.forEach(name -> places.put(name, places.size()));
        Comparator<DriveControl> order =
                Comparator.comparingInt(drive -> places.getOrDefault(drive.name(), Integer.MAX_VALUE));
        return drives.stream().sorted(order.thenComparing(DriveControl::name)).toList();
    }
}
