package dev.weir.filter.faults;

import dev.weir.block.BlockRequest;
import dev.weir.block.Operation;
import dev.weir.fault.Activity;
import dev.weir.fault.Fault;
import dev.weir.fault.FaultSettings;
import dev.weir.fault.Latency;
import dev.weir.filter.faults.seed.Draws;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Objects;
import java.util.Set;
import java.util.function.Consumer;
import java.util.function.LongSupplier;
import org.jspecify.annotations.Nullable;

/**
 * The faults of a drive by operation. A request of an operation without an active fault costs one look into an array.
 *
 * <p>Thread-safe.
 */
final class ActiveFaults {
    private static final ActiveFault[] NO_FAULTS = {};

    private final String drive;
    private final Consumer<String> log;
    private final LongSupplier randomSeed;
    private final DiskHead head;

    // guarded by this
    private List<Known> known = List.of();

    /** The names of the faults that are active according to the log. Guarded by this. */
    private final Set<String> logged = new HashSet<>();

    /** The active faults by {@link Operation#ordinal}, and those that a write repairs. */
    private volatile ActiveFault[][] byOperation = table(List.of(), 0);

    /** A fault as it was asked for, and as it runs. */
    private record Known(Fault asked, @Nullable Long commonSeed, ActiveFault active) {}

    ActiveFaults(String drive, Consumer<String> log, LongSupplier randomSeed, DiskHead head) {
        this.drive = drive;
        this.log = log;
        this.randomSeed = randomSeed;
        this.head = head;
    }

    /** Sets other faults. Equal ones keep their state. */
    synchronized void configure(FaultSettings settings, long now) {
        List<Known> before = known;
        List<Known> after = new ArrayList<>();
        for (Fault fault : settings.faults()) {
            after.add(before.stream()
                    .filter(each -> each.asked.equals(fault)
                            && (fault.seed() != null || Objects.equals(each.commonSeed, settings.seed())))
                    .findFirst()
                    .orElseGet(() -> new Known(
                            fault, settings.seed(), new ActiveFault(seeded(fault, settings.seed()), now, head))));
        }
        known = after;
        before.stream().filter(each -> !after.contains(each)).forEach(each -> {
            each.active.remove();
            if (each.active.fault().latency() instanceof Latency.Seek) {
                head.stop(); // the requests that waited for it go on
            }
            logEnd(each.active);
        });
        update(now);
    }

    private Fault seeded(Fault fault, @Nullable Long common) {
        if (fault.seed() != null) {
            return fault;
        }
        return fault.withSeed(
                common == null
                        ? randomSeed.getAsLong()
                        : Draws.bits(common, fault.name().hashCode()) & Long.MAX_VALUE);
    }

    /** Begins and ends faults by time. Returns the time of the next change (ns); {@link Activity#NEVER} if none. */
    synchronized long update(long now) {
        long next = Activity.NEVER;
        for (Known each : known) {
            if (each.active.isActive(now)) {
                logBegin(each.active);
            } else {
                logEnd(each.active);
            }
            long change = each.active.nextChange(now);
            if (change != Activity.NEVER && (next == Activity.NEVER || change - next < 0)) {
                next = change;
            }
        }
        byOperation = table(list(), now);
        return next;
    }

    private void logBegin(ActiveFault fault) {
        if (logged.add(fault.fault().name())) {
            log.accept("drive %s: fault %s begins: %s"
                    .formatted(drive, fault.fault().name(), fault.fault().text()));
        }
    }

    private void logEnd(ActiveFault fault) {
        if (logged.remove(fault.fault().name())) {
            log.accept("drive %s: fault %s ends; it has hit %d requests"
                    .formatted(drive, fault.fault().name(), fault.requests()));
        }
    }

    private static ActiveFault[][] table(List<ActiveFault> faults, long now) {
        Operation[] operations = Operation.values();
        ActiveFault[][] table = new ActiveFault[operations.length][];
        for (Operation operation : operations) {
            ActiveFault[] concerned = faults.stream()
                    .filter(fault -> fault.isActive(now) || fault.fault().untilWritten())
                    .filter(fault -> fault.concerns(operation))
                    .toArray(ActiveFault[]::new);
            table[operation.ordinal()] = concerned.length == 0 ? NO_FAULTS : concerned;
        }
        return table;
    }

    synchronized List<ActiveFault> list() {
        return known.stream().map(Known::active).toList();
    }

    /** Returns whether no active fault concerns an operation. */
    boolean isQuiet(Operation operation) {
        return byOperation[operation.ordinal()].length == 0;
    }

    /** Returns the effects of the faults on a request, or null if none concerns it. */
    @Nullable
    Effects effects(BlockRequest request, long now) {
        return Effects.of(byOperation[request.operation().ordinal()], request, now);
    }
}
