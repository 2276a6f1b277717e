package dev.weir.fault;

import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** Parses the latency of a fault. The keys select the distribution. */
final class LatencyReader {
    private static final Latency INVALID = new Latency.Constant(0);
    private static final Pattern PERCENTILE = Pattern.compile("latency\\.p(\\d{1,3}(?:\\.\\d{1,9})?)");
    private static final List<String> SHAPES = List.of(
            "p50 and other percentiles",
            "min and max (uniform)",
            "mean and stddev (normal)",
            "median and sigma (lognormal)",
            "seek, track-to-track, full-stroke and rpm (hard disk)");

    private static final List<String> SEEK =
            List.of("latency.full-stroke", "latency.rpm", "latency.seek", "latency.track-to-track");

    private final SettingsReader in;

    LatencyReader(SettingsReader in) {
        this.in = in;
    }

    Latency read() {
        List<String> keys = in.settings().keySet().stream()
                .filter(key -> key.startsWith("latency."))
                .toList();
        if (keys.isEmpty()) {
            return new Latency.Constant(nanos("latency"));
        }
        if (in.isSet("latency")) {
            in.refuse("latency", "cannot be combined with " + keys.get(0));
            return INVALID;
        }
        if (keys.stream().allMatch(key -> PERCENTILE.matcher(key).matches())) {
            return percentiles(keys);
        }
        if (keys.equals(List.of("latency.max", "latency.min"))) {
            return uniform();
        }
        if (keys.equals(List.of("latency.mean", "latency.stddev"))) {
            return new Latency.Normal(nanos("latency.mean"), nanos("latency.stddev"));
        }
        if (keys.equals(List.of("latency.median", "latency.sigma"))) {
            return new Latency.Lognormal(nanos("latency.median"), in.decimal("latency.sigma", 1, 0, 10));
        }
        if (keys.equals(SEEK)) {
            return seek();
        }
        in.refuse(
                "latency",
                "",
                "must be a duration or a block of " + String.join(", ", SHAPES) + ", but has "
                        + String.join(
                                ", ",
                                keys.stream()
                                        .map(key -> key.substring("latency.".length()))
                                        .toList()));
        return INVALID;
    }

    private Latency uniform() {
        long min = nanos("latency.min");
        long max = nanos("latency.max");
        if (min >= max) {
            in.refuse("latency.max", "must be longer than latency.min = " + in.text("latency.min"));
        }
        return new Latency.Uniform(min, max);
    }

    private Latency seek() {
        long track = nanos("latency.track-to-track");
        long average = nanos("latency.seek");
        long full = nanos("latency.full-stroke");
        long rpm = in.whole("latency.rpm", 1, 1, 1_000_000);
        if (track >= full) {
            in.refuse(
                    "latency.full-stroke",
                    "must be longer than latency.track-to-track = " + in.text("latency.track-to-track"));
            return INVALID;
        }
        long least = Latency.Seek.leastAverage(track, full);
        long most = Latency.Seek.mostAverage(track, full);
        if (average < least || average > most) {
            in.refuse(
                    "latency.seek",
                    "must be from %d to %dus, so that the seek time rises with the distance"
                            .formatted((least + 999) / 1_000, most / 1_000));
            return INVALID;
        }
        return new Latency.Seek(track, average, full, rpm);
    }

    private Latency percentiles(List<String> keys) {
        List<Latency.Percentiles.Point> points = new ArrayList<>();
        for (String key : keys) {
            Matcher form = PERCENTILE.matcher(key);
            double percent = form.matches() ? Double.parseDouble(form.group(1)) : 0;
            if (percent <= 0 || percent > 100) {
                in.refuse(key, "must be a percentile above p0 and up to p100");
                return INVALID;
            }
            long nanos = nanos(key);
            if (nanos == 0) {
                in.refuse(key, "must be above 0");
                return INVALID;
            }
            points.add(new Latency.Percentiles.Point(percent, nanos));
        }
        points.sort(Comparator.comparingDouble(Latency.Percentiles.Point::percent));
        Map<String, String> written = new Latency.Percentiles(points).settings();
        for (int i = 1; i < points.size(); i++) {
            if (points.get(i).nanos() < points.get(i - 1).nanos()) {
                in.refuse("latency", "", "must not fall from one percentile to the next: " + written.values());
                return INVALID;
            }
        }
        return new Latency.Percentiles(points);
    }

    private long nanos(String key) {
        Long nanos = Units.nanos(in.text(key));
        if (nanos == null || nanos > Latency.MAX_NANOS) {
            in.refuse(key, "must be a duration of at most 1h, such as 2ms or 500us");
            return 0;
        }
        return nanos;
    }
}
