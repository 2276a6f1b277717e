package dev.weir.shell.view;

import dev.weir.drive.control.DriveLatencies.Percentiles;
import dev.weir.drive.control.DriveSnapshot.Counters;
import dev.weir.shell.load.Load;
import dev.weir.shell.load.Plan;
import dev.weir.shell.text.Details;
import dev.weir.shell.text.LimitUsage;
import dev.weir.shell.text.LimitValues;
import dev.weir.shell.text.Rates;
import dev.weir.shell.text.Units;
import dev.weir.throttle.ThrottleLimits;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.Collectors;
import org.HdrHistogram.AtomicHistogram;

/**
 * What a load has measured.
 *
 * @param drive the drive's name
 * @param rw what was done, as {@code --rw} has it
 * @param blockBytes the length of each request
 * @param iodepth how many were outstanding
 * @param seconds how long was measured
 * @param reads how many were done
 * @param readBytes how much they read
 * @param writes how many were done
 * @param writeBytes how much they wrote
 * @param bytesPerSecond both together
 * @param requestsPerSecond both together
 * @param allowedPerSecond what the drive's limits allow, by key, in its unit; a group's with the group before the key
 * @param measuredPerSecond what was measured under each of them
 * @param latency from request to answer: {@code measured} (how many), {@code p50_nanos}, {@code p90_nanos},
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
