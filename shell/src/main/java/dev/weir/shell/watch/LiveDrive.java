package dev.weir.shell.watch;

import dev.weir.drive.control.DriveSnapshot;
import dev.weir.drive.control.DriveSnapshot.State;
import dev.weir.shell.text.LimitUsage;
import dev.weir.shell.text.Rates;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * What a drive has done in the last moments.
 *
 * @param name of the drive
 * @param state as in {@code drives}
 * @param group whose limits it shares, or null
 * @param readsPerSecond requests
 * @param readBytesPerSecond bytes
 * @param writesPerSecond requests
 * @param writeBytesPerSecond bytes
 * @param limit the limit of which most is used, as {@code held_by} has it; null if there is none
 * @param usedPercent the used part of that limit; null if there is none
 * @param queued how many requests wait
 * @param inFlight how many are with the backend
 * @param meanLatencyNanos from a request's arrival to its answer; null if none was answered
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
        @Nullable Long meanLatencyNanos) {

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
                latency == 0 ? null : latency);
    }
}
