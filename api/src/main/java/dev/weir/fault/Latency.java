package dev.weir.fault;

import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.TreeMap;

/**
 * The distribution of a latency that a fault adds to requests. {@link #nanos} draws a latency from it by uniform random
 * numbers, so that the caller decides the seed. All values lie from 0 to {@link #MAX_NANOS}.
 *
 * <p>Immutable.
 */
public sealed interface Latency {

    /** The longest latency: an hour (ns). */
    long MAX_NANOS = 3_600_000_000_000L;

    /**
     * {@return a latency (ns) drawn from the distribution by two random numbers}
     *
     * @param u uniform between 0 and 1, both excluded
     * @param v as {@code u} and independent of it
     */
    long nanos(double u, double v);

    /** {@return the settings by the keys of a configuration file, such as {@code latency.p50}} */
    Map<String, String> settings();

    private static long bounded(double nanos) {
        return Math.round(Math.max(0, Math.min(MAX_NANOS, nanos)));
    }

    /** A standard normal value by the transform of Box and Muller. */
    private static double normal(double u, double v) {
        return Math.sqrt(-2 * Math.log(u)) * Math.cos(2 * Math.PI * v);
    }

    /**
     * The same latency for each request.
     *
     * @param nanos the latency (ns)
     */
    record Constant(long nanos) implements Latency {
        @Override
        public long nanos(double u, double v) {
            return nanos;
        }

        @Override
        public Map<String, String> settings() {
            return Map.of("latency", Units.time(nanos));
        }
    }

    /**
     * Latencies of equal probability between two bounds.
     *
     * @param minNanos the lowest (ns)
     * @param maxNanos the highest (ns)
     */
    record Uniform(long minNanos, long maxNanos) implements Latency {
        @Override
        public long nanos(double u, double v) {
            return bounded(minNanos + u * (maxNanos - minNanos));
        }

        @Override
        public Map<String, String> settings() {
            return Map.of("latency.min", Units.time(minNanos), "latency.max", Units.time(maxNanos));
        }
    }

    /**
     * A normal distribution. Negative values become 0.
     *
     * @param meanNanos the mean (ns)
     * @param stddevNanos the standard deviation (ns)
     */
    record Normal(long meanNanos, long stddevNanos) implements Latency {
        @Override
        public long nanos(double u, double v) {
            return bounded(meanNanos + stddevNanos * normal(u, v));
        }

        @Override
        public Map<String, String> settings() {
            return Map.of("latency.mean", Units.time(meanNanos), "latency.stddev", Units.time(stddevNanos));
        }
    }

    /**
     * A lognormal distribution: a median with a long tail.
     *
     * @param medianNanos the median (ns)
     * @param sigma the standard deviation of the logarithm; 0.5 is a short tail and 2 a long one
     */
    record Lognormal(long medianNanos, double sigma) implements Latency {
        @Override
        public long nanos(double u, double v) {
            return bounded(medianNanos * Math.exp(sigma * normal(u, v)));
        }

        @Override
        public Map<String, String> settings() {
            return Map.of("latency.median", Units.time(medianNanos), "latency.sigma", Double.toString(sigma));
        }
    }

    /**
     * The mechanics of a hard disk: a seek by distance and a random part of a turn. The seek time over the distance
     * {@code d}, a part of the whole stroke, is {@code a + b·√d + c·d}. Its three constants follow from the three
     * published figures. A turn takes 60 s divided by {@code rpm}.
     *
     * @param trackToTrackNanos the seek time to the next track (ns)
     * @param averageNanos the mean seek time between two random positions (ns)
     * @param fullStrokeNanos the seek time across the whole disk (ns)
     * @param rpm the turns per minute
     */
    record Seek(long trackToTrackNanos, long averageNanos, long fullStrokeNanos, long rpm) implements Latency {

        /**
         * {@return the seek time (ns)}
         *
         * @param distance the distance as a part of the whole stroke, 0 to 1
         */
        public long seekNanos(double distance) {
            double toAverage = averageNanos - trackToTrackNanos;
            double toFull = fullStrokeNanos - trackToTrackNanos;
            // random distances have the density 2(1 − d): the mean of √d is 8/15, that of d is 1/3
            double root = 5 * toAverage - 5 * toFull / 3;
            return bounded(trackToTrackNanos + root * Math.sqrt(distance) + (toFull - root) * distance);
        }

        /**
         * {@return the time until a sector passes the head (ns)}
         *
         * @param v the part of a turn, 0 to 1
         */
        public long rotationNanos(double v) {
            return bounded(v * 60e9 / rpm);
        }

        /** {@return the least mean seek time with which the seek time rises with the distance (ns)} */
        static long leastAverage(long trackToTrackNanos, long fullStrokeNanos) {
            return trackToTrackNanos + (fullStrokeNanos - trackToTrackNanos) / 3 + 1;
        }

        /** {@return the highest mean seek time with which the seek time rises with the distance (ns)} */
        static long mostAverage(long trackToTrackNanos, long fullStrokeNanos) {
            return trackToTrackNanos + (fullStrokeNanos - trackToTrackNanos) / 15 * 11;
        }

        /** {@return the latency between two random positions (ns)} */
        @Override
        public long nanos(double u, double v) {
            return seekNanos(1 - Math.sqrt(1 - u)) + rotationNanos(v);
        }

        @Override
        public Map<String, String> settings() {
            return Map.of(
                    "latency.track-to-track",
                    Units.time(trackToTrackNanos),
                    "latency.seek",
                    Units.time(averageNanos),
                    "latency.full-stroke",
                    Units.time(fullStrokeNanos),
                    "latency.rpm",
                    Long.toString(rpm));
        }
    }

    /**
     * A distribution through percentiles. It rises from 0 in a straight line to the lowest percentile, then
     * geometrically from one to the next. Above the highest percentile every latency equals that percentile.
     *
     * @param points the percentiles in ascending order; at least one
     */
    record Percentiles(List<Point> points) implements Latency {

        /**
         * Copies the list.
         *
         * @param points the percentiles in ascending order
         */
        public Percentiles {
            points = List.copyOf(points);
        }

        /**
         * A percentile.
         *
         * @param percent the part of the requests that is at most as slow (percent); above 0, at most 100
         * @param nanos the latency (ns); 1 or more
         */
        public record Point(double percent, long nanos) {}

        @Override
        public long nanos(double u, double v) {
            double percent = 100 * u;
            Point below = new Point(0, 0);
            for (Point above : points) {
                if (percent <= above.percent) {
                    double part = (percent - below.percent) / (above.percent - below.percent);
                    return bounded(
                            below.nanos == 0
                                    ? above.nanos * part
                                    : below.nanos * Math.pow((double) above.nanos / below.nanos, part));
                }
                below = above;
            }
            return below.nanos;
        }

        @Override
        public Map<String, String> settings() {
            Map<String, String> settings = new TreeMap<>();
            for (Point point : points) {
                boolean isWhole = point.percent == Math.rint(point.percent);
                String percent = isWhole
                        ? Integer.toString((int) point.percent)
                        : String.format(Locale.ROOT, "%s", point.percent);
                settings.put("latency.p" + percent, Units.time(point.nanos));
            }
            return settings;
        }
    }
}
