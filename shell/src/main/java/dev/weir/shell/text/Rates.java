package dev.weir.shell.text;

import dev.weir.drive.control.DriveSnapshot.Counters;
import dev.weir.throttle.Direction;
import dev.weir.throttle.LimitKey;

/**
 * How much is done in a second.
 *
 * @param reads requests
 * @param readBytes bytes
 * @param writes requests
 * @param writeBytes bytes
 */
public record Rates(double reads, double readBytes, double writes, double writeBytes) {
    /** Nothing is done. */
    public static final Rates NONE = new Rates(0, 0, 0, 0);

    /** Returns what was done between two moments. */
    public static Rates between(Counters from, Counters to, double seconds) {
        return new Rates(
                (to.reads() - from.reads()) / seconds,
                (to.readBytes() - from.readBytes()) / seconds,
                (to.writes() - from.writes()) / seconds,
                (to.writeBytes() - from.writeBytes()) / seconds);
    }

    /** Returns what was done in some time. */
    public static Rates of(Counters done, double seconds) {
        return new Rates(
                done.reads() / seconds,
                done.readBytes() / seconds,
                done.writes() / seconds,
                done.writeBytes() / seconds);
    }

    /** Returns the sum of both. */
    public Rates plus(Rates other) {
        return new Rates(
                reads + other.reads, readBytes + other.readBytes, writes + other.writes, writeBytes + other.writeBytes);
    }

    /** Returns the bytes that are read and written. */
    public double bytes() {
        return readBytes + writeBytes;
    }

    /** Returns how many requests read and write. */
    public double requests() {
        return reads + writes;
    }

    /** Returns what comes under a limit, in its unit. */
    public double under(LimitKey limit) {
        double read = limit.countsBytes() ? readBytes : reads;
        double write = limit.countsBytes() ? writeBytes : writes;
        return (limit.appliesTo(Direction.READ) ? read : 0) + (limit.appliesTo(Direction.WRITE) ? write : 0);
    }
}
