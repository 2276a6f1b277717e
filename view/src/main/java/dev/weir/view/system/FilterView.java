package dev.weir.view.system;

import dev.weir.block.BlockFactory;
import dev.weir.block.BlockOption;
import dev.weir.block.filter.BlockFilterFactory;
import dev.weir.drive.control.DriveSnapshot;
import dev.weir.fault.FaultSettings;
import dev.weir.view.Listing;
import dev.weir.view.text.Column;
import dev.weir.view.text.Table;
import java.util.Comparator;
import java.util.List;

/**
 * An installed filter type.
 *
 * @param type the value for the setting {@code type} of a filter
 * @param options its options: the fields are those of a backend's options
 * @param drives the names of the drives that use it
 */
public record FilterView(String type, List<BlockOption> options, List<String> drives) {

    private static final Table<FilterView> TABLE = new Table<>(
            "no filters",
            List.of(
                    Column.left("TYPE", FilterView::type),
                    Column.words("OPTIONS", filter -> BackendView.usage(filter.options)),
                    Column.flexible("DRIVES", filter -> String.join(", ", filter.drives))));

    private static FilterView of(BlockFilterFactory factory, List<DriveSnapshot> drives) {
        String type = factory.type();
        return new FilterView(
                type,
                List.copyOf(factory.options()),
                drives.stream()
                        .filter(drive -> uses(drive, type))
                        .map(DriveSnapshot::name)
                        .toList());
    }

    private static boolean uses(DriveSnapshot drive, String type) {
        return drive.settings().filters().stream()
                        .anyMatch(filter -> filter.type().equals(type))
                || (type.equals(FaultSettings.TYPE)
                        && (!drive.faults().isEmpty()
                                || !drive.settings().faults().isEmpty()));
    }

    /** Returns the types by name with the drives that use them. */
    public static Listing<FilterView> list(List<BlockFilterFactory> factories, List<DriveSnapshot> drives) {
        return new Listing<>(
                TABLE,
                factories.stream()
                        .sorted(Comparator.comparing(BlockFactory::type))
                        .map(factory -> of(factory, drives))
                        .toList());
    }
}
