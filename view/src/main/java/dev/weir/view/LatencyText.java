package dev.weir.view;

import dev.weir.drive.control.DriveLatencies.Percentiles;
import dev.weir.view.text.Units;

/** Formats latency percentiles. */
public final class LatencyText {
    private LatencyText() {}

    /** Returns the percentiles in one line; empty if no request was measured. */
    public static String of(Percentiles of) {
        return of.measured() == 0
                ? ""
                : "p50 %s, p90 %s, p99 %s, p99.9 %s, longest %s"
                        .formatted(
                                Units.nanos(of.p50Nanos()),
                                Units.nanos(of.p90Nanos()),
                                Units.nanos(of.p99Nanos()),
                                Units.nanos(of.p999Nanos()),
                                Units.nanos(of.maxNanos()));
    }
}
