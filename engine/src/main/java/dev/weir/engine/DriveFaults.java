package dev.weir.engine;

import dev.weir.fault.Fault;
import dev.weir.fault.FaultControl;
import dev.weir.fault.FaultFilter;
import dev.weir.fault.FaultSettings;
import dev.weir.fault.FaultState;
import dev.weir.fault.PowerCut;
import dev.weir.fault.PowerCutReport;
import dev.weir.fault.Unflushed;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.concurrent.CompletableFuture;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/**
 * The faults of a drive: those of its settings with the live changes.
 *
 * <p>Thread-safe. {@link #settings(FaultSettings)} needs the engine's lock.
 */
final class DriveFaults implements FaultControl {
    private final Engine engine;
    private final ManagedDrive drive;
    private volatile FaultSettings settings;

    DriveFaults(Engine engine, ManagedDrive drive, FaultSettings settings) {
        this.engine = engine;
        this.drive = drive;
        this.settings = settings;
    }

    @Override
    public FaultSettings settings() {
        return settings;
    }

    void settings(FaultSettings newSettings) {
        settings = newSettings;
    }

    private @Nullable FaultFilter filter() {
        OpenDrive now = drive.open();
        return now == null ? null : now.storage().filters().faults();
    }

    @Override
    public List<FaultState> list() {
        FaultFilter filter = filter();
        return filter == null ? List.of() : filter.faults();
    }

    @Override
    public @Nullable Unflushed unflushed() {
        FaultFilter filter = filter();
        return filter == null ? null : filter.unflushed();
    }

    @Override
    public void set(Fault fault) {
        engine.changeFaults(drive, now -> now.with(fault));
    }

    @Override
    public void clear(String name) {
        engine.changeFaults(drive, now -> {
            if (now.find(name) == null) {
                String names = now.faults().stream().map(Fault::name).collect(Collectors.joining(", "));
                throw new IllegalArgumentException("drive %s has no fault \"%s\"; %s"
                        .formatted(drive.name(), name, names.isEmpty() ? "it has none" : "it has " + names));
            }
            return now.without(name);
        });
    }

    @Override
    public void clear() {
        engine.changeFaults(drive, now -> new FaultSettings(List.of(), now.powerCut(), now.memory(), now.seed()));
    }

    @Override
    public void recordUnflushed(boolean recorded) {
        engine.changeFaults(drive, now -> new FaultSettings(now.faults(), recorded, now.memory(), now.seed()));
    }

    @Override
    public CompletableFuture<PowerCutReport> cutPower(PowerCut how) {
        FaultFilter filter = filter();
        if (filter == null || filter.unflushed() == null) {
            throw new IllegalArgumentException(PowerSwitch.refusal(drive.name(), drive.open()));
        }
        return engine.cutPower(drive, how);
    }

    /** Returns the current settings with every difference between two configurations applied. */
    static FaultSettings changed(FaultSettings current, FaultSettings before, FaultSettings after) {
        List<Fault> faults = new ArrayList<>();
        for (Fault fault : current.faults()) {
            // a fault of the configuration follows it, others stay
            Fault configured = before.find(fault.name());
            Fault wanted = after.find(fault.name());
            if (Objects.equals(configured, wanted)) {
                faults.add(fault);
            } else if (wanted != null) {
                faults.add(wanted);
            }
        }
        for (Fault fault : after.faults()) {
            boolean isThere = faults.stream().anyMatch(each -> each.name().equals(fault.name()));
            if (!isThere && !fault.equals(before.find(fault.name()))) {
                faults.add(fault);
            }
        }
        return new FaultSettings(
                faults.size() > FaultSettings.MOST ? after.faults() : faults,
                after.powerCut() == before.powerCut() ? current.powerCut() : after.powerCut(),
                after.memory() == before.memory() ? current.memory() : after.memory(),
                Objects.equals(after.seed(), before.seed()) ? current.seed() : after.seed());
    }
}
