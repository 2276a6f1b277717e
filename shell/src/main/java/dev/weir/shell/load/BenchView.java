package dev.weir.shell.load;

import dev.weir.drive.control.DriveLatencies.Percentiles;
import dev.weir.drive.control.DriveSnapshot.Counters;
import dev.weir.throttle.ThrottleLimits;
import dev.weir.view.LatencyText;
import dev.weir.view.View;
import dev.weir.view.text.Details;
import dev.weir.view.text.LimitUsage;
import dev.weir.view.text.LimitValues;
import dev.weir.view.text.Rates;
import dev.weir.view.text.Units;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.Collectors;
import org.HdrHistogram.AtomicHistogram;

/**
 * The result of a benchmark.
 *
 * @param drive the name of the drive
 * @param rw the pattern of the option {@code --rw}
 * @param blockBytes the length of each request (bytes)
 * @param iodepth the number of requests in flight
 * @param seconds the measured time (seconds)
 * @param reads the number of completed reads
 * @param readBytes the bytes read
 * @param writes the number of completed writes
 * @param writeBytes the bytes written
 * @param bytesPerSecond bytes read and written per second
 * @param requestsPerSecond reads and writes per second
 * @param allowedPerSecond the drive's limits by key, in the key's unit; a group's limit has the group's name before
 *     the key
 * @param measuredPerSecond the measured rate under each of these limits
 * @param latency the time from request to answer: {@code measured} (requests), {@code p50_nanos}, {@code p90_nanos},
 *     {@code p99_nanos}, {@code p999_nanos}, {@code max_nanos}
 */
public record BenchView(
        String drive,
        String rw,
        int blockBytes,
        int iodepth,
        int seconds,
        long reads,
        long readBytes,
        long writes,
        long writeBytes,
        long bytesPerSecond,
        long requestsPerSecond,
        Map<String, Long> allowedPerSecond,
        Map<String, Long> measuredPerSecond,
        Percentiles latency)
        implements View {

    public static BenchView of(
            String drive, Plan plan, Load load, ThrottleLimits own, Map<String, ThrottleLimits> group) {
        Counters done = load.counters();
        Rates rates = Rates.of(done, plan.seconds());
        Map<String, Long> allowed = new LinkedHashMap<>();
        Map<String, Long> measured = new LinkedHashMap<>();
        List<LimitUsage> usages = LimitUsage.all(own, "", rates);
        group.forEach((name, limits) -> usages.addAll(LimitUsage.all(limits, name + ": ", rates)));
        for (LimitUsage usage : usages) {
            allowed.put(usage.owner() + usage.limit().key(), usage.allowed());
            measured.put(usage.owner() + usage.limit().key(), Math.round(usage.rate()));
        }
        return new BenchView(
                drive,
                plan.pattern().text(),
                plan.blockBytes(),
                plan.depth(),
                plan.seconds(),
                done.reads(),
                done.readBytes(),
                done.writes(),
                done.writeBytes(),
                Math.round(rates.bytes()),
                Math.round(rates.requests()),
                allowed,
                measured,
                percentiles(load.nanos()));
    }

    private static Percentiles percentiles(AtomicHistogram nanos) {
        return nanos.getTotalCount() == 0
                ? Percentiles.NONE
                : new Percentiles(
                        nanos.getTotalCount(),
                        nanos.getValueAtPercentile(50),
                        nanos.getValueAtPercentile(90),
                        nanos.getValueAtPercentile(99),
                        nanos.getValueAtPercentile(99.9),
                        nanos.getMaxValue());
    }

    @Override
    public String text(int width) {
        return new Details()
                .row("load", "%s of %s, %d at a time, %d s".formatted(rw, Units.bytes(blockBytes), iodepth, seconds))
                .row("measured", "%s/s, %d requests/s".formatted(Units.bytes(bytesPerSecond), requestsPerSecond))
                .row(
                        "allowed",
                        allowedPerSecond.keySet().stream().map(this::limit).collect(Collectors.joining("\n")))
                .row("latency", LatencyText.of(latency))
                .text();
    }

    private String limit(String key) {
        long allowed = allowedPerSecond.getOrDefault(key, 0L);
        long measured = measuredPerSecond.getOrDefault(key, 0L);
        String plain = key.substring(key.lastIndexOf(' ') + 1);
        return "%s %s/s, of which %.1f %% was used"
                .formatted(key, LimitValues.text(plain, allowed), 100.0 * measured / allowed);
    }
}
