package dev.weir.shell.watch;

import dev.weir.drive.control.DriveSnapshot;
import dev.weir.drive.control.DriveSnapshot.State;
import dev.weir.drive.control.DriveSnapshot.TimerSnapshot;
import dev.weir.shell.text.Bars;
import dev.weir.shell.text.LimitUsage;
import dev.weir.shell.text.Rates;
import dev.weir.shell.text.Units;
import java.util.Locale;
import java.util.Optional;
import org.jline.utils.AttributedStringBuilder;
import org.jline.utils.AttributedStyle;

/** What is drawn, as a function of what was seen and of how wide the terminal is. */
final class Screens {
    private static final int BAR = 8;
    private static final int SHARE = 5;
    private static final int RATE = 12;
    private static final int QUEUED = 7;
    private static final int NEXT = 8;
    private static final int NARROWEST = 12;
    private static final int WIDEST = 24;
    private static final double NEARLY_ALL = 0.9;
    private static final double ALL = 0.99;

    private Screens() {}

    /**
     * Returns how wide the columns of names and of limits are: what the others leave, up to what is of any use.
     *
     * @param columns of the whole screen
     */
    private static int words(int columns) {
        int others = 2 + RATE + 2 + 1 + BAR + SHARE + QUEUED + 2 + Track.DEPTHS + NEXT;
        return Math.max(NARROWEST, Math.min(WIDEST, (columns - others) / 2));
    }

    /** Draws the line that sums up, and the header of the list. */
    static Lines head(Watched watched, Watched.Order order, int columns) {
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
                        "%d drives, %d waiting, %s, %s; by %s"
                                .formatted(
                                        drives,
                                        waiting,
                                        bytes(bytes),
                                        requests(requests),
                                        order.name().toLowerCase(Locale.ROOT)),
                        Lines.STRONG)
                .add(
                        "  " + Lines.left("DRIVE", words(columns)) + Lines.right("RATE", RATE) + "  "
                                + Lines.left("LIMIT", words(columns)) + " " + Lines.left("USED", BAR + SHARE)
                                + Lines.right("QUEUED", QUEUED) + "  " + Lines.left("", Track.DEPTHS)
                                + Lines.right("NEXT", NEXT),
                        Lines.FAINT);
    }

    /** Adds the line of a drive. */
    static void row(Lines lines, Watched watched, Track track, boolean picked) {
        DriveSnapshot drive = track.drive();
        Optional<LimitUsage> usage = watched.tightest(track);
        int words = words(lines.columns());
        AttributedStringBuilder line = new AttributedStringBuilder();
        line.append((picked ? "> " : "  ") + Lines.left(drive.name(), words), picked ? Lines.PICKED : Lines.PLAIN);
        if (drive.state() != State.SERVING && track.depth() == 0) {
            line.append("  " + drive.state().name().toLowerCase(Locale.ROOT) + ": " + drive.reason(), Lines.FULL);
        } else {
            boolean counts = usage.isPresent() && !usage.get().limit().countsBytes();
            line.append(Lines.right(
                    counts
                            ? requests(track.rates().requests())
                            : bytes(track.rates().bytes()),
                    RATE));
            line.append("  " + Lines.left(usage.map(LimitUsage::text).orElse("-"), words) + " ");
            used(line, usage);
            line.append(Lines.right(Integer.toString(track.depth()), QUEUED) + "  ");
            line.append(Lines.left(Bars.sparkline(track.depths()), Track.DEPTHS), Lines.TIGHT);
            line.append(Lines.right(next(drive), NEXT));
        }
        lines.add(line.toAttributedString());
    }

    private static void used(AttributedStringBuilder line, Optional<LimitUsage> usage) {
        double share = usage.map(LimitUsage::share).orElse(0.0);
        AttributedStyle style = share > ALL ? Lines.FULL : share > NEARLY_ALL ? Lines.TIGHT : Lines.FREE;
        line.append(usage.isPresent() ? Bars.bar(share, BAR) : " ".repeat(BAR), style);
        line.append(usage.isPresent() ? Lines.right(Math.round(share * 100) + "%", SHARE) : " ".repeat(SHARE));
    }

    /** When the next request is released, as far as it is the timer's to say. */
    private static String next(DriveSnapshot drive) {
        TimerSnapshot timer = drive.timer();
        if (timer.armed()) {
            return timer.dueInNanos() < 0 ? "now" : Units.nanos(timer.dueInNanos());
        }
        return drive.state() == State.HOLDING ? "held" : "-";
    }

    /** Adds all of one drive: its limits, each with its bar, and its timer. */
    static void drive(Lines lines, Watched watched, Track track) {
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
                "reads %s %s, writes %s %s, in flight %d"
                        .formatted(
                                bytes(rates.readBytes()),
                                requests(rates.reads()),
                                bytes(rates.writeBytes()),
                                requests(rates.writes()),
                                drive.inFlight()),
                Lines.PLAIN);
        for (LimitUsage usage : watched.usages(track)) {
            AttributedStringBuilder line = new AttributedStringBuilder().append(Lines.left(usage.text(), 22) + " ");
            used(line, Optional.of(usage));
            String rate = usage.limit().countsBytes() ? bytes(usage.rate()) : requests(usage.rate());
            line.append("  " + Lines.right(rate, RATE));
            if (usage.owner().isEmpty()) {
                line.append("  owes " + Units.nanos(drive.debt().nanos(usage.limit())));
            }
            lines.add(line.toAttributedString());
        }
        TimerSnapshot timer = drive.timer();
        lines.add(
                "timer %s, fired %d times, last %s late, worst %s"
                        .formatted(
                                timer.armed() ? "due in " + Units.nanos(timer.dueInNanos()) : "idle",
                                timer.fired(),
                                Units.nanos(timer.lastLateNanos()),
                                Units.nanos(timer.worstLateNanos())),
                Lines.PLAIN);
        lines.add("queue %d  %s".formatted(track.depth(), Bars.sparkline(track.depths())), Lines.PLAIN);
    }

    static String bytes(double perSecond) {
        return Units.bytes(Math.round(perSecond)) + "/s";
    }

    static String requests(double perSecond) {
        return Math.round(perSecond) + "/s";
    }
}
