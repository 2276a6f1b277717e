package dev.weir.metrics;

import dev.weir.drive.control.GroupControl;
import dev.weir.drive.control.GroupSnapshot;
import java.util.Map;
import java.util.Objects;

/** A group in JMX. Thread-safe. */
final class GroupBean implements GroupMXBean {
    private final GroupControl group;

    GroupBean(GroupControl group) {
        this.group = group;
    }

    @Override
    public String getReason() {
        return group.snapshot().reason();
    }

    @Override
    public String getPolicy() {
        return group.snapshot().policy();
    }

    @Override
    public String getParent() {
        return Objects.requireNonNullElse(group.snapshot().parent(), "");
    }

    @Override
    public Map<String, Long> getLimits() {
        return group.snapshot().limits().toMap();
    }

    @Override
    public Map<String, Long> getOwedNanos() {
        GroupSnapshot now = group.snapshot();
        return DriveBean.owedNanos(now.limits(), now.debt());
    }

    @Override
    public int getWeight() {
        return group.snapshot().share().weight();
    }

    @Override
    public long getMinBytesPerSecond() {
        return group.snapshot().share().minBps();
    }

    @Override
    public long getMinRequestsPerSecond() {
        return group.snapshot().share().minIops();
    }

    @Override
    public long getRequests() {
        return group.snapshot().requests();
    }

    @Override
    public long getBytes() {
        return group.snapshot().bytes();
    }

    @Override
    public int getQueuedRequests() {
        return group.snapshot().queued();
    }

    @Override
    public int getWaitingDrives() {
        return group.snapshot().waitingDrives();
    }
}
