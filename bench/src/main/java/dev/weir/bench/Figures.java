package dev.weir.bench;

import dev.weir.bench.report.Goals;
import dev.weir.bench.report.Samples;
import dev.weir.bench.report.Table;
import dev.weir.bench.server.Fio;
import dev.weir.bench.server.Server;
import dev.weir.bench.server.Target;
import java.io.IOException;
import java.util.Comparator;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Set;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/** Measurements by case and target. Not thread-safe. */
final class Figures {

    /** The measurements of one target in one case. */
    record Figure(Samples perSecond, Samples cpuMicros) {}

    private final Map<Fio, Map<Target, Figure>> byCase = new LinkedHashMap<>();

    /**
     * Runs a load on the server of a target.
     *
     * @param seconds duration; 0 runs over the whole range once
     * @param counts whether the figures are kept
     * @param more further arguments of fio
     */
    void measure(Fio load, Target target, Server server, int seconds, boolean counts, String... more)
            throws IOException, InterruptedException {
        double before = server.cpuSeconds();
        Fio.Result result = load.run(server.uri(), Target.DRIVE_BYTES, seconds, more);
        double cpuSeconds = server.cpuSeconds() - before;
        if (counts) {
            add(load, target, result.perSecond(), cpuSeconds * 1e6 / result.requests());
        }
    }

    private void add(Fio load, Target target, double perSecond, double cpuMicros) {
        Figure figure = byCase.computeIfAbsent(load, key -> new LinkedHashMap<>())
                .computeIfAbsent(target, key -> new Figure(new Samples(), new Samples()));
        figure.perSecond.add(perSecond);
        figure.cpuMicros.add(cpuMicros);
    }

    /** Adds a goal for the speed of a target, relative to the fastest other server of the same storage. */
    void speedGoal(Goals goals, Fio load, String storage, String server, double bound) {
        Map<Target, Figure> by = byCase.getOrDefault(load, Map.of());
        Figure ours = find(by, storage, server);
        Map.Entry<Target, Figure> best = bestPeer(by, storage);
        if (ours != null && best != null) {
            double ratio = ours.perSecond.medianRatioTo(best.getValue().perSecond);
            goals.atLeast(name(load, storage, server) + " ÷ " + best.getKey().server(), bound, ratio);
        }
    }

    /** Adds a goal for the processor time of Weir, relative to nbdkit's. */
    void cpuGoal(Goals goals, Fio load, String storage, double bound) {
        Map<Target, Figure> by = byCase.getOrDefault(load, Map.of());
        Figure ours = find(by, storage, Target.WEIR);
        Figure theirs = find(by, storage, Target.NBDKIT);
        if (ours != null && theirs != null) {
            String name = "processor time of " + name(load, storage, Target.WEIR) + " ÷ nbdkit";
            goals.atMost(name, bound, ours.cpuMicros.medianRatioTo(theirs.cpuMicros));
        }
    }

    /** Adds a goal for the speed of another memory drive of Weir, relative to the plain one. */
    void besidePlainGoal(Goals goals, Fio load, String server, double bound) {
        Map<Target, Figure> by = byCase.getOrDefault(load, Map.of());
        Figure other = find(by, Target.MEMORY, server);
        Figure plain = find(by, Target.MEMORY, Target.WEIR);
        if (other != null && plain != null) {
            goals.atLeast(
                    name(load, Target.MEMORY, server) + " ÷ plain",
                    bound,
                    other.perSecond.medianRatioTo(plain.perSecond));
        }
    }

    private static String name(Fio load, String storage, String server) {
        return load.name() + ", " + storage + server.substring(Target.WEIR.length());
    }

    /** Returns requests per second of Weir beside the fastest other server of the same storage. */
    Table speed() {
        Table table = new Table("case", "drive", "Weir, requests/s", "best peer", "requests/s", "ratio");
        byCase.forEach((load, by) -> by.forEach((target, ours) -> {
            Map.Entry<Target, Figure> best = bestPeer(by, target.storage());
            boolean compared = target.isWeir()
                    && !Set.of(Target.WITH_LIMITS, Target.IDLE_FAULTS, Target.OTHER_COMMIT)
                            .contains(target.server());
            if (compared && best != null) {
                Samples theirs = best.getValue().perSecond;
                table.row(
                        load.name(),
                        target.storage() + target.server().substring(Target.WEIR.length()),
                        ours.perSecond.summary("%,.0f"),
                        best.getKey().server(),
                        theirs.summary("%,.0f"),
                        ours.perSecond.ratioTo(theirs));
            }
        }));
        return table;
    }

    private static Map.@Nullable Entry<Target, Figure> bestPeer(Map<Target, Figure> by, String storage) {
        return by.entrySet().stream()
                .filter(entry -> entry.getKey().storage().equals(storage)
                        && !entry.getKey().isWeir())
                .max(Comparator.comparingDouble(
                        entry -> entry.getValue().perSecond.median()))
                .orElse(null);
    }

    /** Returns the processor time of each server per request, relative to nbdkit's. */
    Table cpu() {
        Table table = new Table("case", "drive", "Weir, µs/request", "nbdkit, µs/request", "ratio");
        byCase.forEach((load, by) -> by.forEach((target, ours) -> {
            Figure theirs = find(by, target.storage(), Target.NBDKIT);
            if (target.isWeir() && theirs != null) {
                table.row(
                        load.name(),
                        target.storage() + target.server().substring(Target.WEIR.length()),
                        ours.cpuMicros.summary("%.2f"),
                        theirs.cpuMicros.summary("%.2f"),
                        ours.cpuMicros.ratioTo(theirs.cpuMicros));
            }
        }));
        return table;
    }

    private static @Nullable Figure find(Map<Target, Figure> by, String storage, String server) {
        return by.entrySet().stream()
                .filter(entry -> entry.getKey().is(storage, server))
                .map(Map.Entry::getValue)
                .findFirst()
                .orElse(null);
    }

    /** Returns throughput and processor time of this Weir relative to those of another commit. */
    Table otherCommit() {
        Table table = new Table("case", "drive", "requests/s", "other commit", "ratio", "processor time, ratio");
        byCase.forEach((load, by) -> Stream.of(Target.MEMORY, Target.FILE).forEach(storage -> {
            Figure ours = find(by, storage, Target.WEIR);
            Figure other = find(by, storage, Target.OTHER_COMMIT);
            if (ours != null && other != null) {
                table.row(
                        load.name(),
                        storage,
                        ours.perSecond.summary("%,.0f"),
                        other.perSecond.summary("%,.0f"),
                        ours.perSecond.ratioTo(other.perSecond),
                        ours.cpuMicros.ratioTo(other.cpuMicros));
            }
        }));
        return table;
    }

    /** Returns the throughput of another memory drive of Weir, relative to that of the plain one. */
    Table besidePlain(String server, String with) {
        Table table = new Table("case", with + ", requests/s", "without", "ratio");
        byCase.forEach((load, by) -> {
            Figure limited = find(by, Target.MEMORY, server);
            Figure free = find(by, Target.MEMORY, Target.WEIR);
            if (limited != null && free != null) {
                table.row(
                        load.name(),
                        limited.perSecond.summary("%,.0f"),
                        free.perSecond.summary("%,.0f"),
                        limited.perSecond.ratioTo(free.perSecond));
            }
        });
        return table;
    }

    /** Returns the throughput of qemu-nbd without storage: the cost of its protocol alone. */
    Table nullStorage() {
        Table table = new Table("case", "qemu-nbd null-co, requests/s");
        byCase.forEach((load, by) -> {
            Figure figure = find(by, "none", Target.NULL_CO);
            if (figure != null) {
                table.row(load.name(), figure.perSecond.summary("%,.0f"));
            }
        });
        return table;
    }
}
