package dev.weir.shell.view;

import dev.weir.drive.control.DriveSnapshot.State;
import dev.weir.drive.control.GroupSnapshot;
import dev.weir.shell.text.Column;
import dev.weir.shell.text.Details;
import dev.weir.shell.text.Table;
import java.util.List;
import java.util.Map;

/**
 * A group of drives that share limits.
 *
 * @param name the name of the group
 * @param state {@code serving}, or {@code holding} if the policy is missing and the queues of its drives wait
 * @param reason the reason for holding; empty while serving
 * @param policy the type of its policy
 * @param limits the limits by key; this field and the four that follow are as in {@link LimitsView}
 * @param owedNanos see {@link LimitsView}
 * @param owedBurstNanos see {@link LimitsView}
 * @param setBy see {@link LimitsView}
 * @param configured see {@link LimitsView}
 * @param drives the names of its drives
 * @param waitingDrives the number of its drives with waiting requests
 * @param queued the number of waiting requests of all its drives
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
                .row("queue", "%d waiting requests of %d drives".formatted(queued, waitingDrives))
                .row("drives", String.join(", ", drives))
                .text();
    }
}
