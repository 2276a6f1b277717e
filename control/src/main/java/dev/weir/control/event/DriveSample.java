package dev.weir.control.event;

import dev.weir.drive.control.DriveSnapshot;
import dev.weir.fault.FaultState;
import dev.weir.view.DriveRates;
import dev.weir.view.text.Rates;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * A drive at one moment. Has the fields of {@link dev.weir.view.DriveView} that the console shows for all drives.
 *
 * @param name the name of the drive
 * @param state its state
 * @param reason the reason why it is not serving; empty while serving
 * @param group its group; null without one
 * @param policy the type of its policy
 * @param limits its limits by key
 * @param queuedReads the number of waiting reads
 * @param queuedWrites the number of waiting writes
 * @param heldBy the limits that hold the first waiting read and write
 * @param inFlight the number of requests at the filters and the backend
 * @param rates the recent rates
 * @param faults the names of the active faults
 */
record DriveSample(
        String name,
        DriveSnapshot.State state,
        String reason,
        @Nullable String group,
        String policy,
        Map<String, Long> limits,
        int queuedReads,
        int queuedWrites,
        String heldBy,
        int inFlight,
        DriveRates rates,
        List<String> faults) {

    static DriveSample of(DriveSnapshot drive, Rates rates) {
        return new DriveSample(
                drive.name(),
                drive.state(),
                drive.reason(),
                drive.group(),
                drive.policy(),
                drive.limits().toMap(),
                drive.queuedReads(),
                drive.queuedWrites(),
                drive.heldBy(),
                drive.inFlight(),
                new DriveRates(
                        Math.round(rates.reads()),
                        Math.round(rates.readBytes()),
                        Math.round(rates.writes()),
                        Math.round(rates.writeBytes())),
                drive.faults().stream()
                        .filter(FaultState::active)
                        .map(fault -> fault.fault().name())
                        .toList());
    }
}
