package dev.weir.view.text;

import dev.weir.block.Direction;
import dev.weir.drive.control.DriveSnapshot.Counters;
import dev.weir.throttle.LimitKey;

/**
 * Rates of a drive or a group.
 *
 * @param reads read requests per second
 * @param readBytes bytes read per second
 * @param writes write requests per second
 * @param writeBytes bytes written per second
 */
public record Rates(double reads, double readBytes, double writes, double writeBytes) {
    /** All rates are zero. */
    public static final Rates NONE = new Rates(0, 0, 0, 0);

    /** Returns the rates between two snapshots of counters that are {@code seconds} apart. */
    public static Rates between(Counters from, Counters to, double seconds) {
        return new Rates(
                (to.reads() - from.reads()) / seconds,
                (to.readBytes() - from.readBytes()) / seconds,
                (to.writes() - from.writes()) / seconds,
                (to.writeBytes() - from.writeBytes()) / seconds);
    }

    /** Returns the rates of the given counts over {@code seconds}. */
    public static Rates of(Counters done, double seconds) {
        return new Rates(
                done.reads() / seconds,
                done.readBytes() / seconds,
                done.writes() / seconds,
                done.writeBytes() / seconds);
    }

    /** Returns the sum of both rates. */
    public Rates plus(Rates other) {
        return new Rates(
                reads + other.reads, readBytes + other.readBytes, writes + other.writes, writeBytes + other.writeBytes);
    }

    /** Returns the bytes read and written per second. */
    public double bytes() {
        return readBytes + writeBytes;
    }

    /** Returns the read and write requests per second. */
    public double requests() {
        return reads + writes;
    }

    /** Returns the rate that a limit counts (in its unit per second). */
    public double under(LimitKey limit) {
        double read = limit.countsBytes() ? readBytes : reads;
        double write = limit.countsBytes() ? writeBytes : writes;
        return (limit.appliesTo(Direction.READ) ? read : 0) + (limit.appliesTo(Direction.WRITE) ? write : 0);
    }
}
