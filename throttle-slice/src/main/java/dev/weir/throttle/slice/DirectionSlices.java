package dev.weir.throttle.slice;

/**
 * The slices that hold requests of one direction and the requests far below every limit. These are counted and
 * charged together before the next use of the slices, because they change only the total of a slice.
 *
 * <p>Not thread-safe.
 */
final class DirectionSlices {
    private final Slices[] slices;

    /** Number and total length of the requests not yet charged. */
    long count;

    long bytes;

    /** A lower bound of the total cost that counted requests may have, and of the end of the current slices. */
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

    /** Subtracts the cost of a request of either direction. */
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

    /** Counts a request to charge later; it must not count as several. */
    void count(long requestBytes) {
        count++;
        bytes += requestBytes;
    }

    /** Charges the counted requests. */
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
