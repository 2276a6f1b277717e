package dev.weir.engine;

import dev.weir.block.Direction;
import dev.weir.throttle.LimitKey;
import dev.weir.throttle.ThrottleLimits;
import org.jspecify.annotations.Nullable;

/**
 * A model of the I/O that one drive or group may do at a moment. It follows the documentation and shares no code with
 * the engine or its policies. Each limit has a level, kept as time and as units.
 *
 * <p>A change of limits keeps both, and the shorter one holds. A new limit owes nothing. Time and units of a debt
 * from before a change are paid to the same degree and before later charges. A bucket releases a request when the
 * level is at most its size. A removed burst holds nothing that it had released. A new policy takes that over.
 * A change of rate alone keeps the same part of the level released, or more if the rest would hold longer than before
 * in time and in units.
 *
 * <p>Slices release a request if the level with its cost is at most a slice, 100 ms. They release a longer one after a
 * slice of idle time. Idle time is credit and pays for requests, at most two slices of it. A change of rate keeps the
 * units of the credit. A bucket has no credit.
 */
final class Allowance {
    private static final double SECOND = 1e9;
    private static final double TENTH_NANOS = SECOND / 10;

    /** Tolerance for the rounding of doubles and of whole nanoseconds. */
    private static final double SLACK_NANOS = 1_000;

    private final @Nullable Meter[] meters = new @Nullable Meter[LimitKey.ALL.size()];
    private ThrottleLimits limits = ThrottleLimits.NONE;

    /** The debt at one rate. */
    private static final class Level {
        private double unitsPerSecond;

        /** The debt at the last change as time and as units; below it the charges since. */
        private double oldNanos;

        private double oldUnits;
        private double newUnits;
        private long at;

        Level(double unitsPerSecond, long now) {
            this.unitsPerSecond = unitsPerSecond;
            at = now;
        }

        private double nanos(double units) {
            return units / unitsPerSecond * SECOND;
        }

        private double oldHolds() {
            return Math.min(oldNanos, nanos(oldUnits));
        }

        double nanos(long now) {
            double elapsed = now - at;
            at = now;
            double old = oldHolds();
            if (elapsed >= old) {
                newUnits = Math.max(0, newUnits - (elapsed - old) / SECOND * unitsPerSecond);
                oldNanos = 0;
                oldUnits = 0;
            } else {
                oldNanos *= 1 - elapsed / old;
                oldUnits *= 1 - elapsed / old;
            }
            return oldHolds() + nanos(newUnits);
        }

        void rate(double newUnitsPerSecond, long now) {
            nanos(now);
            oldNanos += nanos(newUnits);
            oldUnits += newUnits;
            newUnits = 0;
            unitsPerSecond = newUnitsPerSecond;
        }

        void charge(double units) {
            newUnits += units;
        }
    }

    private static final class Meter {
        private final Level average;
        private @Nullable Level burst;
        private double sizeNanos = TENTH_NANOS;
        private double smallestNanos = TENTH_NANOS;

        /** The time since all but the released part was paid. Only slices use it. */
        private double creditNanos;

        Meter(double rate, long now) {
            average = new Level(rate, now);
        }

        /** Returns the level and adds to the credit. */
        private double level(long now) {
            double elapsed = now - average.at;
            double before = average.nanos(average.at);
            double owed = before - Math.min(before, sizeNanos - smallestNanos);
            creditNanos += Math.max(0, elapsed - owed);
            return average.nanos(now);
        }

        void limits(LimitKey key, ThrottleLimits limits, long now) {
            double rate = limits.rate(key);
            double max = limits.max(key);
            double oldLevel = level(now);
            double wait = shorter(Math.max(0, oldLevel - sizeNanos), rate);
            double oldSize = shorter(sizeNanos, rate);
            double oldSmallest = smallestNanos;
            double forgiven = Math.min(sizeNanos - smallestNanos, oldLevel);
            creditNanos *= average.unitsPerSecond / rate;
            average.rate(rate, now);
            double kept = oldLevel == 0 ? 0 : forgiven * average.nanos(now) / oldLevel;
            smallestNanos = max == 0 ? TENTH_NANOS : max * limits.maxLengthSeconds(key) / rate * SECOND;
            sizeNanos = smallestNanos;
            if (smallestNanos == oldSmallest) {
                sizeNanos = Math.max(smallestNanos + kept, kept > 0 ? average.nanos(now) - wait + SLACK_NANOS : 0);
            } else if (smallestNanos < oldSize) {
                double most = smallestNanos + kept + Math.max(0, oldSmallest - smallestNanos);
                sizeNanos = Math.max(smallestNanos, Math.min(average.nanos(now) - wait, most) + SLACK_NANOS);
            }
            if (max == 0) {
                burst = null;
            } else if (burst == null) {
                burst = new Level(max, now);
            } else {
                burst.rate(max, now);
            }
        }

        private double shorter(double nanos, double newRate) {
            return Math.min(nanos, nanos * average.unitsPerSecond / newRate);
        }

        boolean release(double units, boolean bySlices, long now) {
            double level = level(now);
            double cost = average.nanos(units);
            double forgiven = Math.min(level, sizeNanos - smallestNanos);
            sizeNanos = smallestNanos + forgiven;
            double paid = bySlices ? Math.min(creditNanos, 2 * TENTH_NANOS) : 0;
            creditNanos = Math.max(0, paid - cost);
            average.charge(units * (cost == 0 ? 0 : Math.max(0, cost - paid) / cost));
            boolean keepsBurst = burst == null || burst.nanos(now) <= TENTH_NANOS + SLACK_NANOS;
            if (burst != null) {
                burst.charge(units);
            }
            double filled = bySlices ? level - forgiven - paid + cost : level;
            double allowed = bySlices ? Math.max(TENTH_NANOS, cost - TENTH_NANOS) : sizeNanos;
            return keepsBurst && filled <= allowed * (1 + 1e-9) + SLACK_NANOS;
        }
    }

    ThrottleLimits limits() {
        return limits;
    }

    void limits(ThrottleLimits newLimits, long now) {
        if (newLimits.equals(limits)) {
            return;
        }
        limits = newLimits;
        for (LimitKey key : LimitKey.ALL) {
            Meter meter = meters[key.ordinal()];
            if (limits.rate(key) == 0) {
                meters[key.ordinal()] = null;
            } else {
                meter = meter == null ? new Meter(limits.rate(key), now) : meter;
                meter.limits(key, limits, now);
                meters[key.ordinal()] = meter;
            }
        }
    }

    /** Records a released request. Returns the limit that forbids it, or null. */
    @Nullable
    LimitKey release(Direction direction, long bytes, boolean bySlices, long now) {
        LimitKey broken = null;
        for (LimitKey key : LimitKey.ALL) {
            Meter meter = meters[key.ordinal()];
            if (meter != null && key.appliesTo(direction) && !meter.release(units(key, bytes), bySlices, now)) {
                broken = key;
            }
        }
        return broken;
    }

    private double units(LimitKey key, long bytes) {
        double perUnit = (double) limits.meteredRate(key, limits.rate(key)) / limits.rate(key);
        return limits.meteredUnits(key, bytes) / perUnit;
    }
}
