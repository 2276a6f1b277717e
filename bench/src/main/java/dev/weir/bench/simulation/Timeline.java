package dev.weir.bench.simulation;

/** A rate and the length of a queue at equal steps of time. Not thread-safe. */
final class Timeline {
    private final double[] rates;
    private final int[] queued;

    Timeline(int points) {
        rates = new double[points];
        queued = new int[points];
    }

    void put(int point, double rate, int waiting) {
        rates[point] = rate;
        queued[point] = waiting;
    }

    int points() {
        return rates.length;
    }

    double rate(int point) {
        return rates[point];
    }

    int queued(int point) {
        return queued[point];
    }
}
