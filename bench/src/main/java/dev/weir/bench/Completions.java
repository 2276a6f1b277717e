package dev.weir.bench;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.stream.LongStream;
import java.util.stream.Stream;

/** The moments at which requests completed, in order (ms since 1970). */
final class Completions {
    private static final double MILLIS = 1000;

    private final long[] millis;

    private Completions(LongStream moments) {
        this.millis = moments.sorted().toArray();
    }

    /** Reads latency logs of fio. */
    static Completions read(List<Path> logs) throws IOException {
        LongStream.Builder moments = LongStream.builder();
        for (Path log : logs) {
            try (Stream<String> lines = Files.lines(log)) {
                lines.forEach(line -> moments.add(Long.parseLong(line.substring(0, line.indexOf(',')))));
            }
        }
        return new Completions(moments.build());
    }

    /** Returns the completions of several clients as those of one. */
    static Completions all(List<Completions> of) {
        return new Completions(of.stream().flatMapToLong(each -> Arrays.stream(each.millis)));
    }

    long first() {
        return millis[0];
    }

    /** Returns the rate in a time (requests/s). */
    double rate(long from, long to) {
        return (index(to) - index(from)) * MILLIS / (to - from);
    }

    /** Returns the rates of the seconds from the first completion to a moment, the last one first. */
    String perSecond(long end) {
        StringBuilder text = new StringBuilder();
        for (long at = end; at > first(); at -= 1000) {
            text.append(Math.round(rate(at - 1000, at))).append(' ');
        }
        return text.toString().strip();
    }

    private int index(long moment) {
        int at = Arrays.binarySearch(millis, moment);
        while (at > 0 && millis[at - 1] == moment) {
            at--;
        }
        return at < 0 ? -at - 1 : at;
    }

    /** Returns the highest rate in any window of a length within a time. */
    double highest(long window, long from, long to) {
        double highest = 0;
        for (long at = from; at + window <= to; at += 50) {
            highest = Math.max(highest, rate(at, at + window));
        }
        return highest;
    }

    /** Returns the time from {@code from} until the rate of one second reaches a bound and stays (s); NaN if never. */
    double secondsUntil(double bound, long from, long to) {
        long reached = to;
        for (long at = to - 1000; at >= from && rate(at, at + 1000) >= bound; at -= 50) {
            reached = at;
        }
        return reached == to ? Double.NaN : (reached - from) / MILLIS;
    }

    /** Returns the longest time during which the rate of one second stays below a bound (s). */
    double longestBelow(double bound, long from, long to) {
        long longest = 0;
        long since = -1;
        for (long at = from; at + 1000 <= to; at += 50) {
            if (rate(at, at + 1000) >= bound) {
                since = -1;
            } else {
                since = since < 0 ? at : since;
                longest = Math.max(longest, at + 50 - since);
            }
        }
        return longest / MILLIS;
    }

    /** Returns the most requests in any window within a time that are beyond a limit for the window. */
    double excess(double limit, long from, long to) {
        double lowest = Double.POSITIVE_INFINITY;
        double excess = 0;
        int begin = index(from);
        for (int i = begin; i < index(to); i++) {
            double due = i - limit * (millis[i] - from) / MILLIS;
            lowest = Math.min(lowest, due);
            excess = Math.max(excess, due + 1 - lowest);
        }
        return excess;
    }
}
