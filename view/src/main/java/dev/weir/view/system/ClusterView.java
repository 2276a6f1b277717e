package dev.weir.view.system;

import dev.weir.cluster.ClusterSnapshot;
import dev.weir.view.View;
import dev.weir.view.text.Column;
import dev.weir.view.text.Details;
import dev.weir.view.text.KeyValues;
import dev.weir.view.text.Table;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/**
 * The cluster as this host sees it.
 *
 * @param cluster the name of the cluster
 * @param host the name of this host
 * @param hosts the number of configured hosts
 * @param coordinator the coordinator; null for none
 * @param majority whether a majority of the configured hosts follows the coordinator
 * @param roundTripNanos the time from a report to its answer (ns); -1 while it is unknown
 * @param members the reachable hosts
 * @param leasesLost how often a lease of this host ended before the next one
 * @param partitions how often this host lost the majority
 * @param coordinatorChanges how often this host began to follow another coordinator
 * @param groups the groups
 */
public record ClusterView(
        String cluster,
        String host,
        int hosts,
        @Nullable String coordinator,
        boolean majority,
        long roundTripNanos,
        List<String> members,
        long leasesLost,
        long partitions,
        long coordinatorChanges,
        List<Group> groups)
        implements View {

    private static final double NANOS_PER_MILLI = 1e6;
    private static final double NANOS_PER_SECOND = 1e9;

    /**
     * A group.
     *
     * @param name its name
     * @param limits the limits for all hosts together by key
     * @param disagrees whether hosts have different limits; the lower ones apply
     * @param state {@code starting}, {@code leased}, {@code last}, {@code safe} or {@code held}
     * @param share the share of this host by limit
     * @param used the rate that this host released in the last second by limit
     * @param endsInNanos the time until its lease ends (ns); -1 without a lease
     * @param shares the shares of all hosts; null without an answer of a coordinator
     */
    public record Group(
            String name,
            Map<String, Long> limits,
            boolean disagrees,
            String state,
            Map<String, Long> share,
            Map<String, Long> used,
            long endsInNanos,
            @Nullable Shares shares) {}

    /**
     * The shares of all hosts.
     *
     * @param leased the most that they may use together by limit
     * @param aside the part by limit that is reserved for hosts that do not report to the coordinator
     * @param used the rate that they released in the last second by limit
     * @param hosts the hosts by share, largest first
     * @param omitted the number of hosts that are left out
     */
    public record Shares(
            Map<String, Long> leased,
            Map<String, Long> aside,
            Map<String, Long> used,
            List<HostShare> hosts,
            int omitted) {}

    /**
     * The share of a host.
     *
     * @param host its name
     * @param weight its weight
     * @param live whether it has reported in the last three seconds
     * @param share the most that it may use by limit
     * @param used the rate that it released in the last second by limit
     * @param wants the rate by limit that it could use
     * @param endsInNanos the time until its lease ends (ns); -1 without a lease
     */
    public record HostShare(
            String host,
            int weight,
            boolean live,
            Map<String, Long> share,
            Map<String, Long> used,
            Map<String, Long> wants,
            long endsInNanos) {}

    /** A row of the table: a group or one of its hosts. */
    private record Row(String name, String state, String limit, String share, String used, String wants, String ends) {}

    private static final Table<Row> TABLE = new Table<>(
            "no groups have scope = cluster",
            List.of(
                    Column.left("GROUP", Row::name),
                    Column.left("STATE", Row::state),
                    Column.words("LIMIT", Row::limit),
                    Column.words("SHARE", Row::share),
                    Column.words("USED", Row::used),
                    Column.words("WANTS", Row::wants),
                    Column.right("ENDS IN", Row::ends)));

    /** Returns the view of a snapshot. */
    public static ClusterView of(ClusterSnapshot now) {
        return new ClusterView(
                now.cluster(),
                now.host(),
                now.hosts(),
                now.coordinator(),
                now.hasMajority(),
                now.roundTripNanos(),
                now.members().stream().map(ClusterSnapshot.Member::host).toList(),
                now.leasesLost(),
                now.partitions(),
                now.coordinatorChanges(),
                now.groups().stream().map(ClusterView::group).toList());
    }

    private static Group group(ClusterSnapshot.Group group) {
        return new Group(
                group.name(),
                group.limits().toMap(),
                group.disagrees(),
                group.state(),
                KeyValues.ofLimits(group.share()),
                KeyValues.ofLimits(group.used()),
                group.endsInNanos(),
                group.shares() == null ? null : shares(group.shares()));
    }

    private static Shares shares(ClusterSnapshot.Shares shares) {
        return new Shares(
                KeyValues.ofLimits(shares.leased()),
                KeyValues.ofLimits(shares.aside()),
                KeyValues.ofLimits(shares.used()),
                shares.hosts().stream()
                        .map(share -> new HostShare(
                                share.host(),
                                share.weight(),
                                share.isLive(),
                                KeyValues.ofLimits(share.leased()),
                                KeyValues.ofLimits(share.used()),
                                KeyValues.ofLimits(share.wants()),
                                share.endsInNanos()))
                        .toList(),
                shares.omitted());
    }

    @Override
    public String text(int width) {
        String top = new Details()
                .row(
                        "cluster",
                        "%s: %d of %d hosts reachable: %s"
                                .formatted(cluster, members.size(), hosts, String.join(", ", members)))
                .row("host", host)
                .row(
                        "coordinator",
                        Objects.requireNonNullElse(coordinator, "none")
                                + (majority ? "" : ", without a majority: no more than safe shares"))
                .row(
                        "round trip",
                        roundTripNanos < 0
                                ? ""
                                : String.format(Locale.ROOT, "%.1f ms", roundTripNanos / NANOS_PER_MILLI))
                .row(
                        "events",
                        "%d leases lost, %d partitions, %d changes of the coordinator"
                                .formatted(leasesLost, partitions, coordinatorChanges))
                .text();
        return top + "\n\n" + TABLE.text(rows(), width);
    }

    private List<Row> rows() {
        List<Row> rows = new ArrayList<>();
        for (Group group : groups) {
            Shares all = group.shares;
            rows.add(new Row(
                    group.name,
                    group.state + (group.disagrees ? ", hosts disagree" : ""),
                    KeyValues.text(group.limits),
                    KeyValues.text(all == null ? group.share : all.leased),
                    KeyValues.text(all == null ? group.used : all.used),
                    "",
                    seconds(group.endsInNanos)));
            if (all != null) {
                addHosts(rows, all);
            }
        }
        return rows;
    }

    private static void addHosts(List<Row> rows, Shares all) {
        for (HostShare share : all.hosts) {
            rows.add(new Row(
                    "  " + share.host,
                    share.live ? "" : "silent",
                    "",
                    KeyValues.text(share.share),
                    KeyValues.text(share.used),
                    KeyValues.text(share.wants),
                    seconds(share.endsInNanos)));
        }
        if (all.omitted > 0) {
            rows.add(new Row("  " + all.omitted + " more hosts", "", "", "", "", "", ""));
        }
        if (!all.aside.isEmpty()) {
            rows.add(new Row("  other hosts", "set aside", "", KeyValues.text(all.aside), "", "", ""));
        }
    }

    private static String seconds(long nanos) {
        return nanos < 0 ? "" : String.format(Locale.ROOT, "%.1f s", nanos / NANOS_PER_SECOND);
    }
}
