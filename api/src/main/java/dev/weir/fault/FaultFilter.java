package dev.weir.fault;

import dev.weir.block.filter.BlockFilter;
import java.io.IOException;
import java.util.List;
import org.jspecify.annotations.Nullable;
import org.osgi.annotation.versioning.ConsumerType;

/**
 * The filter that applies the faults of a drive. Its factory has the type {@value FaultSettings#TYPE} and the options
 * of {@link FaultSettings}. The engine puts it nearest to the backend.
 *
 * <p>Thread-safe. The engine calls {@link #powerOff} and {@link #cutPower} on the thread of {@link #configure}.
 */
@ConsumerType
public interface FaultFilter extends BlockFilter {

    /** {@return the faults in their order} Never blocks. */
    List<FaultState> faults();

    /** {@return the record of unflushed writes; null if the filter keeps none} Never blocks. */
    @Nullable
    Unflushed unflushed();

    /** Rejects new and held requests with {@code ESHUTDOWN} until {@link #cutPower}. Never blocks. */
    void powerOff();

    /**
     * Decides the fate of the unflushed writes and passes the survivors to the next device. Called after {@link
     * #powerOff} when no request is in flight. Ends that state. May block.
     *
     * @param how the power cut
     * @return the report
     * @throws IOException if the next device refuses a surviving write
     */
    PowerCutReport cutPower(PowerCut how) throws IOException;
}
