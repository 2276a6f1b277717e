package dev.weir.shell.view;

import dev.weir.drive.control.DriveLatencies.Percentiles;
import dev.weir.shell.text.Units;

/** Percentiles as people read them. */
public final class LatencyText {
    private LatencyText() {}

    /** Returns a line; empty if nothing was measured. */
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
