package dev.weir.shell.watch;

import dev.weir.drive.control.DriveSnapshot;
import dev.weir.drive.control.DriveSnapshot.TimerSnapshot;
import dev.weir.view.text.Bars;
import dev.weir.view.text.LimitUsage;
import dev.weir.view.text.Rates;
import dev.weir.view.text.Units;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.stream.Collectors;
import org.jline.utils.AttributedStringBuilder;

/** Draws screens as pure functions of the tracked data and the terminal's width. */
final class Screens {
    private static final int LIMIT = 22;
    private static final int RATE = 12;

    private static final String HELP =
            """
            q            leaves
            ↑ ↓ k j      select a drive or a group
            PgUp PgDn    select one screen further; Home and End the first and the last
            enter        shows a drive with its limits, timer and queue, or a group's
                         drives
            esc          goes back
            /            filters by name; an empty text shows all again
            g            lists groups, or drives again
            t            shows the tree of groups with their drives, or drives again
            s            sorts: as configured, by rate, by used share, by queue
            l            changes limits: bps=10M iops=0
            + -          change the refresh rate, from 2 to 10 times a second

            RATE, READS and WRITES are bytes per second and REQ/S requests per second,
            averaged over the last second. USED is the used share of LIMIT, the most used
            limit of the drive or its group. QUEUED is the number of waiting requests,
            with its history; 2+3 are three more that filters hold. NEXT is the time until
            the timer releases the next request. LATENCY is the mean time from a request's
            arrival to its answer: requests in Weir divided by requests per second.
            SHARE in the tree is the part of the rate of the group above; WEIGHT and MIN
            decide it while the group is full.

            Any key goes back.
            """;

    private Screens() {}

    /** Draws the line that sums up all drives. */
    static Lines head(Watched watched, String more, int columns) {
        int drives = 0;
        int waiting = 0;
        double bytes = 0;
        double requests = 0;
        for (Track track : watched.all(Watched.Order.CONFIGURED)) {
            drives++;
            waiting += track.depth();
            bytes += track.rates().bytes();
            requests += track.rates().requests();
        }
        return new Lines(columns)
                .add(
                        "%d drives, %d waiting, %s, %d/s; %s"
                                .formatted(drives, waiting, Layout.bytes(bytes), Math.round(requests), more),
                        Lines.STRONG);
    }

    static Lines help(int columns) {
        Lines lines = new Lines(columns);
        HELP.lines().forEach(line -> lines.add(line, Lines.PLAIN));
        return lines;
    }

    /** Draws one drive in full: state, rates, limits with bars, timer, latencies and queue depth. */
    static Lines drive(Watched watched, Track track, List<String> latencies, int columns) {
        Lines lines = new Lines(columns);
        DriveSnapshot drive = track.drive();
        lines.add(
                "%s: %s, policy %s%s%s"
                        .formatted(
                                drive.name(),
                                drive.state().name().toLowerCase(Locale.ROOT),
                                drive.policy(),
                                drive.group() == null ? "" : ", group " + drive.group(),
                                drive.reason().isEmpty() ? "" : ": " + drive.reason()),
                Lines.STRONG);
        Rates rates = track.rates();
        lines.add(
                "reads %s %d/s, writes %s %d/s, in flight %d"
                        .formatted(
                                Layout.bytes(rates.readBytes()),
                                Math.round(rates.reads()),
                                Layout.bytes(rates.writeBytes()),
                                Math.round(rates.writes()),
                                drive.inFlight()),
                Lines.PLAIN);
        if (!drive.filters().isEmpty()) {
            lines.add(filters(drive), Lines.PLAIN);
        }
        watched.usages(track).forEach(usage -> lines.add(usage(drive, usage).toAttributedString()));
        TimerSnapshot timer = drive.timer();
        lines.add(
                "timer %s, fired %d times, last %s late, worst %s"
                        .formatted(
                                timer.armed() ? "due in " + Units.nanos(timer.dueInNanos()) : "idle",
                                timer.fired(),
                                Units.nanos(timer.lastLateNanos()),
                                Units.nanos(timer.worstLateNanos())),
                Lines.PLAIN);
        latencies.forEach(line -> lines.add(line, Lines.PLAIN));
        lines.add(
                "queue %d  %s"
                        .formatted(track.depth(), Bars.sparkline(track.depths().last(History.LENGTH))),
                Lines.PLAIN);
        return lines;
    }

    private static String filters(DriveSnapshot drive) {
        return drive.filters().stream()
                .map(filter -> filter.type()
                        + (filter.held() == 0 ? "" : " holds " + filter.held())
                        + (filter.condition().isEmpty() ? "" : ": " + filter.condition()))
                .collect(Collectors.joining(", ", "filters ", ""));
    }

    private static AttributedStringBuilder usage(DriveSnapshot drive, LimitUsage usage) {
        AttributedStringBuilder line = new AttributedStringBuilder().append(Lines.left(usage.text(), LIMIT));
        Layout.used(line, Optional.of(usage), true);
        boolean countsBytes = usage.limit().countsBytes();
        String rate = countsBytes ? Layout.bytes(usage.rate()) : Math.round(usage.rate()) + "/s";
        line.append("  " + Lines.right(rate, RATE));
        if (usage.owner().isEmpty()) {
            line.append("  owes " + Units.nanos(drive.debt().nanos(usage.limit())));
        }
        return line;
    }
}
