package dev.weir.shell.command;

import dev.weir.fault.Fault;
import dev.weir.fault.FaultControl;
import dev.weir.fault.FaultSettings;
import dev.weir.fault.FaultState;
import dev.weir.fault.PowerCut;
import dev.weir.fault.PowerCutReport;
import dev.weir.fault.Unflushed;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import org.jspecify.annotations.Nullable;

/** Fake faults of a drive: each has hit 12 requests and holds 3. */
public final class TestFaults implements FaultControl {
    private FaultSettings settings = FaultSettings.NONE;

    @Override
    public List<FaultState> list() {
        return settings.faults().stream()
                .map(fault -> new FaultState(
                        fault.seed() == null ? fault.withSeed(42) : fault,
                        true,
                        fault.activity().windows().isEmpty() ? -1 : 2_000_000_000,
                        12,
                        3))
                .toList();
    }

    @Override
    public FaultSettings settings() {
        return settings;
    }

    @Override
    public @Nullable Unflushed unflushed() {
        return settings.powerCut() ? new Unflushed(5, 20_480, settings.memory(), 0) : null;
    }

    @Override
    public void set(Fault fault) {
        settings = settings.with(fault);
    }

    @Override
    public void clear(String name) {
        if (settings.find(name) == null) {
            throw new IllegalArgumentException("drive has no fault \"" + name + "\"");
        }
        settings = settings.without(name);
    }

    @Override
    public void clear() {
        settings = new FaultSettings(List.of(), settings.powerCut(), settings.memory(), settings.seed());
    }

    @Override
    public void recordUnflushed(boolean recorded) {
        settings = new FaultSettings(settings.faults(), recorded, settings.memory(), settings.seed());
    }

    @Override
    public CompletableFuture<PowerCutReport> cutPower(PowerCut how) {
        if (!settings.powerCut()) {
            throw new IllegalArgumentException("drive keeps no record of unflushed writes");
        }
        PowerCut seeded = new PowerCut(how.keep(), how.tear(), how.seed() == null ? 42L : how.seed(), how.afterNanos());
        return CompletableFuture.completedFuture(new PowerCutReport(
                seeded,
                5,
                2,
                8192,
                0,
                List.of(new PowerCutReport.Lost(1, 0, 4096), new PowerCutReport.Lost(4, 65_536, 4096))));
    }
}
