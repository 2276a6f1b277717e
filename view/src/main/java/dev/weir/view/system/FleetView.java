package dev.weir.view.system;

import dev.weir.cluster.HostDrives;
import dev.weir.view.View;
import dev.weir.view.text.Column;
import dev.weir.view.text.KeyValues;
import dev.weir.view.text.Table;
import dev.weir.view.text.Units;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;

/**
 * The drives of all hosts of the cluster.
 *
 * @param hosts the reachable hosts
 */
public record FleetView(List<Host> hosts) implements View {

    /**
     * A host.
     *
     * @param host its name
     * @param answered whether it has answered; without an answer its drives are unknown
     * @param total the number of its drives
     * @param drives its busiest drives, at most 1000
     */
    public record Host(String host, boolean answered, int total, List<Drive> drives) {}

    /**
     * A drive.
     *
     * @param name its name
     * @param group its group; empty without one
     * @param state {@code serving}, {@code holding} or {@code unavailable}
     * @param requestsPerSecond its reads and writes per second, measured over 200 ms
     * @param bytesPerSecond the bytes per second of these requests
     * @param limits its own limits by key
     * @param queued number of waiting requests
     * @param heldBy the limits that hold the first read and the first write; empty if none waits
     */
    public record Drive(
            String name,
            String group,
            String state,
            long requestsPerSecond,
            long bytesPerSecond,
            Map<String, Long> limits,
            int queued,
            String heldBy) {}

    /** A row of the table. */
    private record Row(
            String host,
            String drive,
            String state,
            String group,
            String requests,
            String bytes,
            String limits,
            String queued,
            String heldBy) {}

    private static final Table<Row> TABLE = new Table<>(
            "no host has drives",
            List.of(
                    Column.left("HOST", Row::host),
                    Column.left("DRIVE", Row::drive),
                    Column.left("STATE", Row::state),
                    Column.left("GROUP", Row::group),
                    Column.right("REQ/S", Row::requests),
                    Column.right("BYTES/S", Row::bytes),
                    Column.words("LIMITS", Row::limits),
                    Column.right("QUEUED", Row::queued),
                    Column.flexible("HELD BY", Row::heldBy)));

    /** Returns the view of hosts. */
    public static FleetView of(List<HostDrives> hosts) {
        return new FleetView(hosts.stream()
                .map(host -> new Host(
                        host.host(),
                        host.hasAnswered(),
                        host.total(),
                        host.drives().stream().map(FleetView::drive).toList()))
                .toList());
    }

    private static Drive drive(HostDrives.Summary drive) {
        return new Drive(
                drive.name(),
                drive.group(),
                drive.state(),
                drive.requestsPerSecond(),
                drive.bytesPerSecond(),
                KeyValues.ofLimits(drive.limits()),
                drive.queued(),
                drive.heldBy());
    }

    @Override
    public String text(int width) {
        List<Row> rows = new ArrayList<>();
        for (Host host : hosts) {
            host.drives.forEach(drive -> rows.add(row(host.host, drive)));
            int omitted = host.total - host.drives.size();
            if (!host.answered) {
                rows.add(new Row(host.host, "", "no answer", "", "", "", "", "", ""));
            } else if (omitted > 0) {
                rows.add(new Row(host.host, omitted + " more", "", "", "", "", "", "", ""));
            }
        }
        return TABLE.text(rows, width);
    }

    private static Row row(String host, Drive drive) {
        return new Row(
                host,
                drive.name,
                drive.state,
                drive.group,
                Long.toString(drive.requestsPerSecond),
                Units.bytes(drive.bytesPerSecond),
                KeyValues.text(drive.limits),
                Integer.toString(drive.queued),
                drive.heldBy);
    }
}
