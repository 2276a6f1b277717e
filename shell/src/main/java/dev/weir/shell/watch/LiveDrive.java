package dev.weir.shell.watch;

import dev.weir.drive.control.DriveSnapshot;
import dev.weir.drive.control.DriveSnapshot.State;
import dev.weir.fault.FaultState;
import dev.weir.view.text.LimitUsage;
import dev.weir.view.text.Rates;
import java.util.List;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * The recent activity of a drive.
 *
 * @param name the name of the drive
 * @param state the state as in {@code drives}
 * @param group the group whose limits it shares; null without a group
 * @param readsPerSecond read requests per second
 * @param readBytesPerSecond bytes read per second
 * @param writesPerSecond write requests per second
 * @param writeBytesPerSecond bytes written per second
 * @param limit the most used limit in the form of {@code held_by}; null without limits
 * @param usedPercent the used share of that limit (percent); null without limits
 * @param queued the number of waiting requests
 * @param inFlight the number of requests in flight at the filters and the backend
 * @param filters the open filters, the one nearest to the client first
 * @param faults the names of the active faults on purpose
 * @param faultRequests the number of requests that its faults have hit since they were set
 * @param heldByFaults the number of requests that its faults hold
 * @param meanLatencyNanos the mean time from arrival to answer (nanoseconds); null if no request was answered
 */
public record LiveDrive(
        String name,
        State state,
        @Nullable String group,
        long readsPerSecond,
        long readBytesPerSecond,
        long writesPerSecond,
        long writeBytesPerSecond,
        @Nullable String limit,
        @Nullable Long usedPercent,
        int queued,
        int inFlight,
        List<Filter> filters,
        List<String> faults,
        long faultRequests,
        int heldByFaults,
        @Nullable Long meanLatencyNanos) {

    /**
     * A filter of the drive.
     *
     * @param type its type
     * @param held the number of requests that it holds
     * @param condition why it cannot serve; empty if it serves
     */
    public record Filter(String type, int held, String condition) {}

    static LiveDrive of(Track track, Optional<LimitUsage> tightest) {
        DriveSnapshot drive = track.drive();
        Rates rates = track.rates();
        long latency = track.latencyNanos();
        return new LiveDrive(
                drive.name(),
                drive.state(),
                drive.group(),
                Math.round(rates.reads()),
                Math.round(rates.readBytes()),
                Math.round(rates.writes()),
                Math.round(rates.writeBytes()),
                tightest.map(usage -> usage.owner() + usage.limit().key()).orElse(null),
                tightest.map(usage -> Math.round(usage.share() * 100)).orElse(null),
                track.depth(),
                drive.inFlight(),
                drive.filters().stream()
                        .map(filter -> new Filter(filter.type(), filter.held(), filter.condition()))
                        .toList(),
                track.activeFaults(),
                drive.faults().stream().mapToLong(FaultState::requests).sum(),
                drive.faults().stream().mapToInt(FaultState::holding).sum(),
                latency == 0 ? null : latency);
    }
}
