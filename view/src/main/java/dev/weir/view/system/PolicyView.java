package dev.weir.view.system;

import dev.weir.drive.control.DriveSnapshot;
import dev.weir.view.Listing;
import dev.weir.view.text.Column;
import dev.weir.view.text.Table;
import java.util.List;

/**
 * An installed policy type.
 *
 * @param type the value for a drive's setting {@code policy}
 * @param drives the names of the drives that use it
 */
public record PolicyView(String type, List<String> drives) {

    private static final Table<PolicyView> TABLE = new Table<>(
            "no policies",
            List.of(
                    Column.left("TYPE", PolicyView::type),
                    Column.flexible("DRIVES", policy -> String.join(", ", policy.drives))));

    /** Returns the types in this order with the drives that use them. */
    public static Listing<PolicyView> list(List<String> types, List<DriveSnapshot> drives) {
        return new Listing<>(
                TABLE,
                types.stream()
                        .map(type -> new PolicyView(
                                type,
                                drives.stream()
                                        .filter(drive -> drive.policy().equals(type))
                                        .map(DriveSnapshot::name)
                                        .toList()))
                        .toList());
    }
}
