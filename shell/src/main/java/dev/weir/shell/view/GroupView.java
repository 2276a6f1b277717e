package dev.weir.shell.view;

import dev.weir.drive.control.DriveSnapshot.State;
import dev.weir.drive.control.GroupSnapshot;
import dev.weir.shell.text.Column;
import dev.weir.shell.text.Details;
import dev.weir.shell.text.Table;
import java.util.List;
import java.util.Map;

/**
 * Drives that share limits.
 *
 * @param name by which drives name it
 * @param state {@code serving}, or {@code holding} if there is no policy, so that its drives' queues wait
 * @param reason why it is holding; empty if it is not
 * @param policy the type of its policy
 * @param limits see {@link LimitsView}, for these five
 * @param drives the names of the drives that are in it
 * @param waitingDrives how many of them have requests waiting
 * @param queued how many requests wait in their queues
 */
public record GroupView(
        String name,
        State state,
        String reason,
        String policy,
        Map<String, Long> limits,
        Map<String, Long> owedNanos,
        Map<String, Long> owedBurstNanos,
        Map<String, String> setBy,
        Map<String, Long> configured,
        List<String> drives,
        int waitingDrives,
        int queued)
        implements View {

    private static final Table<GroupView> TABLE = new Table<>(
            "no groups",
            List.of(
                    Column.left("GROUP", GroupView::name),
                    Column.flexible("STATE", group -> DriveView.standing(group.state, group.reason)),
                    Column.right("QUEUED", group -> Integer.toString(group.queued)),
                    Column.flexible("LIMITS", group -> LimitsView.settings(group.limits)),
                    Column.left("POLICY", GroupView::policy),
                    Column.flexible("DRIVES", group -> String.join(", ", group.drives))));

    public static GroupView of(GroupSnapshot group, Map<String, String> origins, List<String> drives) {
        LimitsView limits = LimitsView.of(group, origins);
        return new GroupView(
                group.name(),
                group.reason().isEmpty() ? State.SERVING : State.HOLDING,
                group.reason(),
                group.policy(),
                limits.limits(),
                limits.owedNanos(),
                limits.owedBurstNanos(),
                limits.setBy(),
                limits.configured(),
                List.copyOf(drives),
                group.waitingDrives(),
                group.queued());
    }

    public static Listing<GroupView> list(List<GroupView> groups) {
        return new Listing<>(TABLE, groups);
    }

    @Override
    public String text(int width) {
        LimitsView view = new LimitsView(name, policy, limits, owedNanos, owedBurstNanos, setBy, configured);
        return new Details()
                .row("group", name)
                .row("state", DriveView.standing(state, reason))
                .row("policy", policy)
                .row("limits", view.text(Details.textWidth(width)))
                .row("queue", "%d requests of %d drives wait".formatted(queued, waitingDrives))
                .row("drives", String.join(", ", drives))
                .text();
    }
}
