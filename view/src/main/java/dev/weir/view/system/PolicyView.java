package dev.weir.view.system;

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

    public static Listing<PolicyView> list(List<PolicyView> policies) {
        return new Listing<>(TABLE, policies);
    }
}
