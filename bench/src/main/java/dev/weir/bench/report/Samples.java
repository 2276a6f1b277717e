package dev.weir.bench.report;

import java.util.ArrayList;
import java.util.List;

/** Samples of one quantity in the order of the rounds: one sample a round. Not thread-safe. */
public final class Samples {
    private final List<Double> values = new ArrayList<>();

    public void add(double value) {
        values.add(value);
    }

    /** Returns the median; NaN without samples. */
    public double median() {
        return percentile(0.5);
    }

    /** Returns the ratio of the medians; NaN if either has no samples. */
    public double medianRatioTo(Samples other) {
        return median() / other.median();
    }

    public double min() {
        return percentile(0);
    }

    public double max() {
        return percentile(1);
    }

    private double percentile(double part) {
        if (values.isEmpty()) {
            return Double.NaN;
        }
        double[] sorted =
                values.stream().mapToDouble(Double::doubleValue).sorted().toArray();
        double place = part * (sorted.length - 1);
        int below = (int) place;
        int above = Math.min(below + 1, sorted.length - 1);
        return sorted[below] + (place - below) * (sorted[above] - sorted[below]);
    }

    /** Returns the ratio of the medians and then the lowest and highest ratio of a round. */
    public String ratioTo(Samples other) {
        Samples ratios = new Samples();
        for (int round = 0; round < Math.min(values.size(), other.values.size()); round++) {
            ratios.add(values.get(round) / other.values.get(round));
        }
        return "%.2f (%.2f–%.2f)".formatted(medianRatioTo(other), ratios.min(), ratios.max());
    }

    /** Returns the median and the spread of the rounds in percent of it. */
    public String summary(String format) {
        if (values.isEmpty()) {
            return "–";
        }
        return (format + " ±%.0f %%").formatted(median(), 50 * (max() - min()) / median());
    }
}
