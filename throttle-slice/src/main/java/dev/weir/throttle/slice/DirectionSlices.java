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

    void charge(long requestBytes) {
        for (Slices slice : slices) {
            slice.charge(requestBytes);
        }
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
                slice.charge(count, bytes);
            }
            count = 0;
            bytes = 0;
        }
    }
}
