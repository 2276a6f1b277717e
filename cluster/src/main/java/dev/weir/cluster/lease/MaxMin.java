package dev.weir.cluster.lease;

import java.util.Arrays;

/**
 * Weighted max-min fairness with minima. Each member gets its floor first and its minimum next. The rest is divided by
 * weight. Beyond its floor no member gets more than it wants. No share can grow without taking from a member whose
 * share is no larger for its weight.
 *
 * <p>Takes O(members × bits of the capacity), at most O(members × 64).
 */
final class MaxMin {
    private static final int STEPS = 64;

    private final long capacity;
    private final long[] least;
    private final long[] most;
    private final int[] weights;

    private MaxMin(long capacity, long[] least, long[] most, int[] weights) {
        this.capacity = capacity;
        this.least = least;
        this.most = most;
        this.weights = weights;
    }

    /**
     * Divides a capacity. The sum of the result is at most the capacity if it covers the floors. Otherwise it is the
     * sum of the floors.
     *
     * @param floors the share that each member gets in any case
     * @param minima the share that each member gets if it wants it; scaled down if the capacity does not cover all
     * @param wants the share that each member can use
     */
    static long[] divide(long capacity, long[] floors, long[] minima, long[] wants, int[] weights) {
        int members = floors.length;
        long[] most = new long[members];
        long[] least = new long[members];
        long rest = capacity;
        double beyond = 0;
        for (int i = 0; i < members; i++) {
            most[i] = Math.max(floors[i], Math.min(wants[i], capacity));
            least[i] = Math.max(floors[i], Math.min(minima[i], most[i]));
            rest -= floors[i];
            beyond += least[i] - floors[i];
        }
        if (rest <= 0) {
            return floors.clone();
        }
        if (beyond > rest) {
            for (int i = 0; i < members; i++) {
                least[i] = floors[i] + (long) ((least[i] - floors[i]) * (rest / beyond) * (1 - 1e-12));
            }
            return least;
        }
        return new MaxMin(capacity, least, most, weights).divide();
    }

    private long[] divide() {
        double low = 0;
        double high = capacity;
        if (sum(high) <= capacity) {
            return shares(high);
        }
        int heaviest = Arrays.stream(weights).max().orElse(1);
        // then no share differs by more than a unit between the two levels
        for (int step = 0; step < STEPS && (high - low) * heaviest >= 1; step++) {
            double middle = (low + high) / 2;
            if (sum(middle) <= capacity) {
                low = middle;
            } else {
                high = middle;
            }
        }
        long[] shares = shares(low);
        long left = capacity - Arrays.stream(shares).sum();
        for (int i = 0; i < shares.length && left > 0; i++) {
            // the remainder of rounding is less than a unit for each member
            if (shares[i] < most[i]) {
                shares[i]++;
                left--;
            }
        }
        return shares;
    }

    private double sum(double level) {
        double sum = 0;
        for (int i = 0; i < least.length; i++) {
            sum += share(i, level);
        }
        return sum;
    }

    private long[] shares(double level) {
        long[] shares = new long[least.length];
        for (int i = 0; i < shares.length; i++) {
            shares[i] = share(i, level);
        }
        return shares;
    }

    private long share(int member, double level) {
        return Math.min(most[member], Math.max(least[member], (long) Math.min(capacity, level * weights[member])));
    }
}
