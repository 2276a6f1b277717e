package dev.weir.view;

import dev.weir.block.BlockOption;
import dev.weir.drive.control.DriveLatencies;
import dev.weir.drive.control.DriveSnapshot;
import dev.weir.drive.control.DriveSnapshot.Counters;
import dev.weir.drive.control.DriveSnapshot.State;
import dev.weir.drive.control.DriveSnapshot.TimerSnapshot;
import dev.weir.drive.control.FilterSnapshot;
import dev.weir.drive.export.ExportBounds;
import dev.weir.drive.settings.FilterSettings;
import dev.weir.unit.Measure;
import dev.weir.view.text.Column;
import dev.weir.view.text.Details;
import dev.weir.view.text.Rates;
import dev.weir.view.text.Table;
import dev.weir.view.text.Units;
import java.util.Collections;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Objects;
import java.util.TreeMap;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/**
 * A drive in full at one moment.
 *
 * @param name the name for clients
 * @param state {@code serving}, {@code unavailable} or {@code holding}: requests wait because the policy or a filter
 *     is missing, for example
 * @param reason the reason why it is not serving; empty while serving
 * @param description the description for clients; may be empty
 * @param sizeBytes the size (bytes); null while it is unknown because the drive has not been opened
 * @param readOnly whether writes are refused
 * @param backend the type of its backend
 * @param backendOptions the backend's options by name
 * @param filters the filters between client and backend, the one nearest to the client first. Each has {@code type}
 *     and {@code options}, {@code held} (requests that it holds) and {@code condition} (why it does not serve; empty
 *     if it does)
 * @param faults the injected faults, each with the fields of {@link FaultView}
 * @param policy the type of its policy
 * @param policySetBy the origin of the policy: a place in a file, the option {@code -drive}, {@code shell} or
 *     {@code default}
 * @param group the group whose limits it shares; null without a group
 * @param weight the weight of its share in the limits of the group
 * @param min its minima by key: {@code bps} and {@code iops}
 * @param clients the only clients that see it (certificates or keys); empty if all do
 * @param limits the limits by key; this field and the four that follow are as in {@link LimitsView}
 * @param effective see {@link LimitsView}
 * @param owedNanos see {@link LimitsView}
 * @param owedBurstNanos see {@link LimitsView}
 * @param setBy see {@link LimitsView}
 * @param configured see {@link LimitsView}
 * @param queuedReads the number of waiting reads
 * @param queuedWrites the number of waiting writes, write-zeroes and trims
 * @param heldBy the limits that hold the first waiting read and write, as in {@link QueuedView}; empty if the queue
 *     is empty
 * @param inFlight the number of requests in flight at the backend
 * @param rates the recent rates
 * @param timer the timer of its queue: {@code armed} and {@code due_in_nanos}; {@code fired}; {@code last_late_nanos}
 *     and {@code worst_late_nanos}
 * @param counters the totals since it was opened: {@code reads} and {@code read_bytes}; {@code writes} and
 *     {@code write_bytes}; {@code flushes}, {@code caches} and {@code block_statuses}; {@code failed}, {@code held}
 *     (waited) and {@code cancelled} (by the client); {@code reconnects} (of the backend to its storage)
 * @param latencies the percentiles since it was opened: {@code held} (time in the queue) and {@code backend}. Each has
 *     {@code measured} (requests) and the percentiles {@code p50_nanos}, {@code p90_nanos}, {@code p99_nanos} and
 *     {@code p999_nanos}. The longest time is {@code max_nanos}.
 * @param exports the client quotas of each export and their use. The quotas bound the queue. {@code clients} and
 *     {@code max_clients} count clients. {@code max_requests} and {@code max_request_bytes} bound one client.
 *     {@code bytes} and {@code max_bytes} are those of all clients. Each request counts at least
 *     {@code min_request_bytes}.
 * @param uris the addresses for clients; empty while unavailable
 */
public record DriveView(
        String name,
        State state,
        String reason,
        String description,
        @Nullable Long sizeBytes,
        boolean readOnly,
        String backend,
        Map<String, Object> backendOptions,
        List<FilterSnapshot> filters,
        List<FaultView> faults,
        String policy,
        String policySetBy,
        @Nullable String group,
        int weight,
        Map<String, Long> min,
        List<String> clients,
        Map<String, Long> limits,
        Map<String, Long> effective,
        Map<String, Long> owedNanos,
        Map<String, Long> owedBurstNanos,
        Map<String, String> setBy,
        Map<String, Object> configured,
        int queuedReads,
        int queuedWrites,
        String heldBy,
        int inFlight,
        DriveRates rates,
        TimerSnapshot timer,
        Counters counters,
        DriveLatencies latencies,
        List<ExportBounds> exports,
        List<String> uris)
        implements View {

    private static final Table<DriveView> TABLE = new Table<>(
            "no drives",
            List.of(
                    // ordered by importance because a narrow terminal cuts the last columns
                    Column.left("NAME", DriveView::name),
                    Column.flexible("STATE", DriveView::standing, "serving".length()),
                    Column.right("QUEUED", drive -> Integer.toString(drive.queuedReads + drive.queuedWrites)),
                    Column.limit("HELD BY", DriveView::heldBy, "tenant-a: bps".length()),
                    Column.right("RATE", drive -> Units.bytes(drive.rates.bytes()) + "/s"),
                    Column.right("REQ/S", drive -> Long.toString(drive.rates.requests())),
                    Column.words("LIMITS", drive -> LiveChanges.text(drive.limits)),
                    Column.left("POLICY", DriveView::policy),
                    Column.left("GROUP", drive -> Objects.toString(drive.group, "")),
                    Column.right("SIZE", drive -> drive.sizeBytes == null ? "" : Units.bytes(drive.sizeBytes)),
                    Column.right("READ", drive -> Units.bytes(drive.counters.readBytes())),
                    Column.right("WRITTEN", drive -> Units.bytes(drive.counters.writeBytes()))));

    public static DriveView of(
            DriveSnapshot drive,
            Rates rates,
            DriveLatencies latencies,
            Map<String, String> origins,
            List<ExportBounds> exports,
            List<String> uris) {
        LimitsView limits = LimitsView.of(drive, origins);
        return new DriveView(
                drive.name(),
                drive.state(),
                drive.reason(),
                drive.settings().description(),
                drive.isOpen() ? drive.size() : null,
                drive.settings().readOnly(),
                drive.settings().backendType(),
                Collections.unmodifiableMap(new TreeMap<>(drive.settings().backendOptions())),
                filters(drive),
                drive.faults().stream()
                        .map(fault -> FaultView.of(drive.name(), fault))
                        .toList(),
                drive.policy(),
                drive.policy().equals(drive.settings().policy())
                        ? origins.getOrDefault("policy", "default")
                        : LimitsView.SHELL,
                drive.group(),
                drive.share().weight(),
                GroupView.minima(drive.share()),
                drive.settings().clients(),
                limits.limits(),
                limits.effective(),
                limits.owedNanos(),
                limits.owedBurstNanos(),
                limits.setBy(),
                limits.configured(),
                drive.queuedReads(),
                drive.queuedWrites(),
                drive.heldBy(),
                drive.inFlight(),
                DriveRates.of(rates),
                drive.timer(),
                drive.counters(),
                latencies,
                List.copyOf(exports),
                drive.state() == State.UNAVAILABLE ? List.of() : List.copyOf(uris));
    }

    /** Returns the open filters. While one of the configured filters is missing it returns the configured ones. */
    private static List<FilterSnapshot> filters(DriveSnapshot drive) {
        List<FilterSettings> configured = drive.settings().filters();
        return drive.filters().size() == configured.size()
                ? drive.filters()
                : configured.stream()
                        .map(filter -> new FilterSnapshot(filter.type(), filter.options(), 0, "not open"))
                        .toList();
    }

    public static Listing<DriveView> list(List<DriveView> drives) {
        String bounds = drives.isEmpty() ? "" : bounds(drives.get(0).exports);
        String changed = LiveChanges.note(drives, DriveView::configured, DriveView::name);
        return new Listing<>(TABLE, drives, (bounds + "\n" + changed).strip());
    }

    private static String bounds(List<ExportBounds> exports) {
        return exports.stream()
                .map(export -> "%d of %d clients, %s of %s in flight; a client up to %d requests, %s"
                        .formatted(
                                export.clients(),
                                export.maxClients(),
                                Units.bytes(export.bytes()),
                                Units.bytes(export.maxBytes()),
                                export.maxRequests(),
                                Units.bytes(export.maxRequestBytes())))
                .collect(Collectors.joining("\n"));
    }

    private String standing() {
        return standing(state, reason);
    }

    /** Returns the state, followed by a non-empty reason. */
    public static String standing(State state, String reason) {
        return state.name().toLowerCase(Locale.ROOT) + (reason.isEmpty() ? "" : ": " + reason);
    }

    @Override
    public String text(int width) {
        return new Details()
                .row("drive", name)
                .row("what", description)
                .row("state", standing())
                .row("size", sizeText())
                .row("filters", filters.stream().map(DriveView::text).collect(Collectors.joining("\n")))
                .row("faults", faults.stream().map(FaultView::line).collect(Collectors.joining("\n")))
                .row("backend", text(backend, backendOptions))
                .row("policy", policy + " (" + policySetBy + ")")
                .row("group", groupText())
                .row("limits", limitsView().text(Details.textWidth(width), group == null))
                .row(
                        "queue",
                        "reads %d, writes %d, in flight %d%s"
                                .formatted(
                                        queuedReads,
                                        queuedWrites,
                                        inFlight,
                                        heldBy.isEmpty() ? "" : ", held by " + heldBy))
                .row(
                        "rate",
                        "reads %s/s %d/s, writes %s/s %d/s"
                                .formatted(
                                        Units.bytes(rates.readBytesPerSecond()),
                                        rates.readsPerSecond(),
                                        Units.bytes(rates.writeBytesPerSecond()),
                                        rates.writesPerSecond()))
                .row("timer", timerText())
                .row("done", doneText())
                .row("counts", countsText())
                .row("held", LatencyText.of(latencies.held()))
                .row("storage", LatencyText.of(latencies.backend()))
                .row("bounds", bounds(exports))
                .row("clients", clients.isEmpty() ? "" : "only " + String.join("; ", clients))
                .row("attach", String.join("\n", uris))
                .text();
    }

    /** Returns the size, and the configured one if it is another. */
    private String sizeText() {
        if (sizeBytes == null) {
            return "unknown" + (readOnly ? ", read-only" : "");
        }
        String other = backendOptions.get(BlockOption.SIZE) instanceof Long configured && !configured.equals(sizeBytes)
                ? "; configured: " + Units.bytes(configured)
                : "";
        return Units.bytes(sizeBytes) + other + (readOnly ? ", read-only" : "");
    }

    private static String text(String type, Map<String, Object> options) {
        return new TreeMap<>(options)
                .entrySet().stream()
                        .map(option -> " " + option.getKey() + "=" + text(option))
                        .collect(Collectors.joining("", type, ""));
    }

    /** Returns the value of an option. A size is in the form of the file. */
    private static String text(Map.Entry<String, Object> option) {
        return option.getKey().equals(BlockOption.SIZE) && option.getValue() instanceof Long size
                ? Measure.sizeText(size)
                : String.valueOf(option.getValue());
    }

    private static String text(FilterSnapshot filter) {
        return text(filter.type(), filter.options())
                + (filter.held() == 0 ? "" : ", holds " + filter.held())
                + (filter.condition().isEmpty() ? "" : ": " + filter.condition());
    }

    private String groupText() {
        String minima = min.isEmpty() ? "" : ", min " + LiveChanges.text(min);
        return group == null ? "" : group + (weight == 1 ? "" : ", weight " + weight) + minima;
    }

    private LimitsView limitsView() {
        return new LimitsView(
                name, policy, limits, effective, owedNanos, owedBurstNanos, setBy, weight, min, configured);
    }

    private String timerText() {
        return "%s, fired %d times, last %s late, worst %s"
                .formatted(
                        timer.armed() ? "due in " + Units.nanos(timer.dueInNanos()) : "idle",
                        timer.fired(),
                        Units.nanos(timer.lastLateNanos()),
                        Units.nanos(timer.worstLateNanos()));
    }

    private String doneText() {
        return "reads %d (%s), writes %d (%s), flushes %d, caches %d, block-statuses %d"
                .formatted(
                        counters.reads(),
                        Units.bytes(counters.readBytes()),
                        counters.writes(),
                        Units.bytes(counters.writeBytes()),
                        counters.flushes(),
                        counters.caches(),
                        counters.blockStatuses());
    }

    private String countsText() {
        return "held %d, cancelled %d, failed %d".formatted(counters.held(), counters.cancelled(), counters.failed());
    }
}
