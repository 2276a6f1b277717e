package dev.weir.throttle.slice;

/**
 * The slices that hold requests of one direction, and those of its requests that are far from every limit. They are
 * counted and charged together, before anything else is done with the slices: they change nothing but the sum of what
 * was dispatched.
 *
 * <p>Not thread-safe.
 */
final class DirectionSlices {
    private final Slices[] slices;

    /** How many requests are still to be charged, and how long they are in all. */
    long count;

    long bytes;

    /** What requests that are only counted may cost in all, at the least, and until when, at the least, no slice is over. */
    private long freeNanos;

    private long freeUntil;

    DirectionSlices(Slices... slices) {
        this.slices = slices;
    }

    long waitNanos(long requestBytes, long now) {
        long longest = 0;
        for (Slices slice : slices) {
            longest = Math.max(longest, slice.waitNanos(requestBytes, now));
        }
        return longest;
    }

    void charge(long requestBytes, long now) {
        for (Slices slice : slices) {
            slice.charge(requestBytes, now);
        }
    }

    boolean isFree(long costNanos, long now) {
        return costNanos <= freeNanos && now - freeUntil < 0;
    }

    /** Notes that a request of either direction is charged later, or has been. */
    void spend(long costNanos) {
        freeNanos -= costNanos;
    }

    void seeWhatIsFree(long now) {
        long left = Long.MAX_VALUE;
        long lasts = Long.MAX_VALUE;
        for (Slices slice : slices) {
            left = Math.min(left, slice.leftNanos(now));
            lasts = Math.min(lasts, slice.lastsNanos(now));
        }
        freeNanos = left;
        freeUntil = now + lasts;
    }

    /** Takes a request to be charged later, none of which is worth several. */
    void count(long requestBytes) {
        count++;
        bytes += requestBytes;
    }

    /** Charges what was counted. */
    void chargeCounted() {
        if (count > 0) {
            for (Slices slice : slices) {
                slice.chargeTogether(count, bytes);
            }
            count = 0;
            bytes = 0;
        }
    }
}
