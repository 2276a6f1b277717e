package dev.weir.metrics;

import dev.weir.drive.control.DriveControl;
import dev.weir.drive.control.DriveSnapshot;
import dev.weir.fault.FaultState;
import dev.weir.throttle.LimitKey;
import dev.weir.throttle.ThrottleDebt;
import dev.weir.throttle.ThrottleLimits;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Objects;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/** A drive in JMX. Thread-safe. */
final class DriveBean implements DriveMXBean {
    private final DriveControl drive;

    DriveBean(DriveControl drive) {
        this.drive = drive;
    }

    private DriveSnapshot.Counters counters() {
        return drive.snapshot().counters();
    }

    @Override
    public String getState() {
        return drive.snapshot().state().name();
    }

    @Override
    public String getReason() {
        return drive.snapshot().reason();
    }

    @Override
    public String getPolicy() {
        return drive.snapshot().policy();
    }

    @Override
    public String getGroup() {
        return Objects.requireNonNullElse(drive.snapshot().group(), "");
    }

    @Override
    public @Nullable Long getSizeBytes() {
        DriveSnapshot now = drive.snapshot();
        return now.isOpen() ? now.size() : null;
    }

    @Override
    public Map<String, Long> getLimits() {
        return drive.snapshot().limits().toMap();
    }

    @Override
    public Map<String, Long> getOwedNanos() {
        DriveSnapshot now = drive.snapshot();
        return owedNanos(now.limits(), now.debt());
    }

    /** Returns a debt by the key of the limit (ns). */
    static Map<String, Long> owedNanos(ThrottleLimits limits, ThrottleDebt debt) {
        Map<String, Long> owed = new LinkedHashMap<>();
        for (LimitKey limit : LimitKey.ALL) {
            if (limits.rate(limit) > 0) {
                owed.put(limit.key(), debt.nanos(limit));
            }
        }
        return owed;
    }

    @Override
    public long getReads() {
        return counters().reads();
    }

    @Override
    public long getReadBytes() {
        return counters().readBytes();
    }

    @Override
    public long getWrites() {
        return counters().writes();
    }

    @Override
    public long getWriteBytes() {
        return counters().writeBytes();
    }

    @Override
    public long getFlushes() {
        return counters().flushes();
    }

    @Override
    public long getFailedRequests() {
        return counters().failed();
    }

    @Override
    public long getHeldRequests() {
        return counters().held();
    }

    @Override
    public long getCancelledRequests() {
        return counters().cancelled();
    }

    @Override
    public long getBackendReconnects() {
        return counters().reconnects();
    }

    @Override
    public int getQueuedReads() {
        return drive.snapshot().queuedReads();
    }

    @Override
    public int getQueuedWrites() {
        return drive.snapshot().queuedWrites();
    }

    @Override
    public int getRequestsInFlight() {
        return drive.snapshot().inFlight();
    }

    @Override
    public long getTimerFirings() {
        return drive.snapshot().timer().fired();
    }

    @Override
    public long getTimerWorstLateNanos() {
        return drive.snapshot().timer().worstLateNanos();
    }

    @Override
    public Map<String, Long> getFaultRequests() {
        return byFault(FaultState::requests);
    }

    @Override
    public Map<String, Integer> getFaultHeldRequests() {
        return byFault(FaultState::holding);
    }

    private <T> Map<String, T> byFault(Function<FaultState, T> value) {
        Map<String, T> values = new LinkedHashMap<>();
        drive.snapshot().faults().forEach(state -> values.put(state.fault().name(), value.apply(state)));
        return values;
    }
}
