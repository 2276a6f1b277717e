package dev.weir.metrics;

import dev.weir.drive.control.GroupSnapshot;
import dev.weir.throttle.LimitKey;
import dev.weir.throttle.Share;
import java.util.Objects;

/** The metrics of groups: their place in the tree of limits, their work and their limits. */
final class GroupMetrics {
    private static final double NANOS = 1e9;

    private GroupMetrics() {}

    static void add(Families<GroupSnapshot> families) {
        families.gauge(
                "weir_group_info",
                "Parent and policy of a group as labels; always 1.",
                (group, points) -> points.add(
                        1, "parent", Objects.requireNonNullElse(group.parent(), ""), "policy", group.policy()));
        work(families);
        shares(families);
        families.gauge(
                "weir_group_limit_bytes_per_second",
                "Limits of the group in bytes per second; absent if unset.",
                (group, points) -> DriveMetrics.limits(group.limits(), points, true));
        families.gauge(
                "weir_group_limit_requests_per_second",
                "Limits of the group in requests per second; absent if unset.",
                (group, points) -> DriveMetrics.limits(group.limits(), points, false));
        families.gauge("weir_group_owed_seconds", "Debt of a limit: the time until it is paid.", (group, points) -> {
            for (LimitKey limit : LimitKey.ALL) {
                if (group.limits().rate(limit) > 0) {
                    points.add(group.debt().nanos(limit) / NANOS, "limit", limit.key());
                }
            }
        });
        families.gauge(
                "weir_group_burst_credit_bytes",
                "Bytes that a burst can still use; absent without one.",
                (group, points) -> BurstCredit.units(group.limits(), group.debt(), points, true));
        families.gauge(
                "weir_group_burst_credit_requests",
                "Requests that a burst can still use; absent without one.",
                (group, points) -> BurstCredit.units(group.limits(), group.debt(), points, false));
        families.gauge(
                "weir_group_burst_left_seconds",
                "Time for which a burst can go on at its full rate; absent without one.",
                (group, points) -> BurstCredit.seconds(group.limits(), group.debt(), points));
    }

    private static void work(Families<GroupSnapshot> families) {
        families.counter(
                "weir_group_requests",
                "Requests charged to the group since its configuration.",
                (group, points) -> points.add(group.requests()));
        families.counter(
                "weir_group_bytes",
                "Bytes charged to the group since its configuration.",
                (group, points) -> points.add(group.bytes()));
        families.gauge(
                "weir_group_requests_queued",
                "Queued requests of all drives below the group.",
                (group, points) -> points.add(group.queued()));
        families.gauge(
                "weir_group_drives_waiting",
                "Drives below the group that have queued requests.",
                (group, points) -> points.add(group.waitingDrives()));
        families.gauge(
                "weir_group_holding",
                "Whether the group holds every request, for example because its policy is missing: 1 or 0.",
                (group, points) -> points.add(group.reason().isEmpty() ? 0 : 1));
    }

    private static void shares(Families<GroupSnapshot> families) {
        families.gauge(
                "weir_group_weight",
                "Weight of the group in the limits above it.",
                (group, points) -> points.add(group.share().weight()));
        families.gauge(
                "weir_group_min_bytes_per_second",
                "Minimum of the group in bytes per second; absent if unset.",
                (group, points) -> minimum(group.share().minBps(), points));
        families.gauge(
                "weir_group_min_requests_per_second",
                "Minimum of the group in requests per second; absent if unset.",
                (group, points) -> minimum(group.share().minIops(), points));
    }

    /** Adds a minimum of a {@link Share} if it is set. */
    static void minimum(long value, Families.Points points) {
        if (value > 0) {
            points.add(value);
        }
    }
}
