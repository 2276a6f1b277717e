package dev.weir.fault;

import java.util.List;
import java.util.concurrent.CompletionStage;
import org.jspecify.annotations.Nullable;
import org.osgi.annotation.versioning.ProviderType;

/**
 * The faults of a configured drive for operators and tests: inspection and live changes. A change lasts until {@link
 * dev.weir.drive.control.DriveControl#restore}, the end of Weir or another value of the same fault in the drive's
 * configuration.
 *
 * <p>Thread-safe. A change returns when it applies to new requests, or after a second if the drive is busy.
 */
@ProviderType
public interface FaultControl {

    /** {@return the faults in their order; empty while the drive is not open} */
    List<FaultState> list();

    /** {@return the settings with the live changes} */
    FaultSettings settings();

    /** {@return the record of unflushed writes; null if the drive keeps none} */
    @Nullable
    Unflushed unflushed();

    /**
     * Adds a fault, or replaces the one of its name. An equal fault goes on as it is.
     *
     * @param fault the fault
     * @throws IllegalArgumentException if no filter of the type {@value FaultSettings#TYPE} is installed or the drive
     *     has too many faults
     */
    void set(Fault fault);

    /**
     * Removes a fault. The requests that it holds go on.
     *
     * @param name the name
     * @throws IllegalArgumentException if the drive has no such fault; the message lists those that it has
     */
    void clear(String name);

    /** Removes all faults. */
    void clear();

    /**
     * Begins or ends the record of unflushed writes. Its end writes them to the backend.
     *
     * @param recorded whether the drive keeps the record
     * @throws IllegalArgumentException if no filter of the type {@value FaultSettings#TYPE} is installed
     */
    void recordUnflushed(boolean recorded);

    /**
     * Cuts the power of the drive. Held and queued requests end with {@code ESHUTDOWN}, clients are disconnected and
     * the drive comes back.
     *
     * @param how the fate of the unflushed writes
     * @return completes with the report when the drive is back; fails with an {@link java.io.IOException} if the
     *     backend refuses a surviving write
     * @throws IllegalArgumentException if the drive is not open or keeps no record of unflushed writes
     */
    CompletionStage<PowerCutReport> cutPower(PowerCut how);
}
