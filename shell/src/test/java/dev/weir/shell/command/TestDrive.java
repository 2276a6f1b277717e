package dev.weir.shell.command;

import dev.weir.block.Operation;
import dev.weir.drive.control.DriveControl;
import dev.weir.drive.control.DriveHistograms;
import dev.weir.drive.control.DriveLatencies;
import dev.weir.drive.control.DriveLatencies.Percentiles;
import dev.weir.drive.control.DriveSnapshot;
import dev.weir.drive.control.DriveSnapshot.Counters;
import dev.weir.drive.control.DriveSnapshot.State;
import dev.weir.drive.control.DriveSnapshot.TimerSnapshot;
import dev.weir.drive.control.FilterSnapshot;
import dev.weir.drive.control.QueuedRequest;
import dev.weir.drive.settings.DriveSettings;
import dev.weir.throttle.LimitKey;
import dev.weir.throttle.Share;
import dev.weir.throttle.ThrottleDebt;
import dev.weir.throttle.ThrottleLimits;
import java.io.IOException;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/** A fake drive with settable state and counters. */
public final class TestDrive implements DriveControl {
    private final DriveSettings settings;
    private ThrottleLimits limits;
    private Share share;
    private String policy;
    private State state = State.SERVING;
    private String reason = "";
    private List<QueuedRequest> queue = List.of();
    private List<FilterSnapshot> filters = List.of();
    private Counters counters = new Counters(0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0);
    private final TestFaults faults = new TestFaults();
    private int looks;
    private long size = 10_737_418_240L;
    private int reopened;
    private int drained;

    private TestDrive(
            String name,
            String backend,
            Map<String, Object> options,
            @Nullable String group,
            Map<String, Long> limits,
            String description,
            List<String> clients) {
        this.limits = ThrottleLimits.of(limits);
        settings = DriveSettings.builder(name, backend)
                .options(options)
                .group(group)
                .share(group == null ? Share.DEFAULT : new Share(3, 0, 100))
                .limits(this.limits)
                .description(description)
                .clients(clients)
                .build();
        policy = settings.policy();
        share = settings.share();
    }

    /** Returns a drive of a group with two limits and two waiting requests. */
    public static TestDrive busy(String name) {
        TestDrive drive = new TestDrive(
                name,
                "file",
                Map.of("path", "/var/disks/vm1.img", "create", true),
                "tenant-a",
                Map.of("bps", 10_485_760L, "iops", 500L, "iops_max", 2000L, "iops_max_length", 30L),
                "root disk",
                List.of("bob", "CN=alice,O=Example"));
        drive.counters = new Counters(1200, 4_915_200, 30, 122_880, 2, 4, 6, 5, 300, 7, 0);
        drive.queue = List.of(
                new QueuedRequest(
                        41, "/run/nbd.sock#3", Operation.READ, 1_048_576, 4096, 12_345_678, "bps", 87_500_000),
                new QueuedRequest(
                        42, "/run/nbd.sock#3", Operation.WRITE_ZEROES, 0, 33_554_432, 1_500, "tenant-a: iops", -1));
        return drive;
    }

    /** Returns an idle drive without limits. */
    public static TestDrive idle(String name) {
        return new TestDrive(name, "memory", Map.of(), null, Map.of(), "", List.of());
    }

    /** Sets the state and its reason. */
    public TestDrive standing(State newState, String newReason) {
        state = newState;
        reason = newReason;
        return this;
    }

    /** Sets the open filters. */
    public void filters(FilterSnapshot... open) {
        filters = List.of(open);
    }

    /** Adds to the counters. */
    public void done(long reads, long readBytes, long writes, long writeBytes) {
        counters = new Counters(
                counters.reads() + reads,
                counters.readBytes() + readBytes,
                counters.writes() + writes,
                counters.writeBytes() + writeBytes,
                counters.flushes(),
                counters.caches(),
                counters.blockStatuses(),
                counters.failed(),
                counters.held(),
                counters.cancelled(),
                counters.reconnects());
    }

    /** Returns the number of snapshots taken. */
    public int looks() {
        return looks;
    }

    /** Returns the number of calls of {@link #reopen}. */
    public int reopened() {
        return reopened;
    }

    /** Returns the number of calls of {@link #drain}. */
    public int drained() {
        return drained;
    }

    @Override
    public String name() {
        return settings.name();
    }

    @Override
    public DriveSnapshot snapshot() {
        looks++;
        boolean busy = !queue.isEmpty();
        return new DriveSnapshot(
                settings,
                state,
                reason,
                state == State.UNAVAILABLE ? 0 : size,
                policy,
                limits.atSize(state == State.UNAVAILABLE ? 0 : size),
                share,
                busy
                        ? ThrottleDebt.of(
                                key -> key == LimitKey.BPS ? 95_000_000 : 0, key -> key == LimitKey.IOPS ? 500 : 0)
                        : ThrottleDebt.NONE,
                busy
                        ? new TimerSnapshot(true, 87_500_000, 1234, 40_000, 1_200_000)
                        : new TimerSnapshot(false, 0, 0, 0, 0),
                busy ? 1 : 0,
                busy ? 1 : 0,
                busy ? "bps, tenant-a: iops" : "",
                busy ? 3 : 0,
                filters,
                faults.list(),
                counters);
    }

    @Override
    public DriveLatencies latencies() {
        return queue.isEmpty()
                ? new DriveLatencies(Percentiles.NONE, Percentiles.NONE)
                : new DriveLatencies(
                        new Percentiles(300, 20_000_000, 80_000_000, 95_000_000, 99_000_000, 101_000_000),
                        new Percentiles(176, 250, 900, 4_000, 30_000, 31_000));
    }

    @Override
    public DriveHistograms histograms() {
        return new DriveHistograms(DriveHistograms.Histogram.NONE, DriveHistograms.Histogram.NONE);
    }

    @Override
    public List<QueuedRequest> queue() {
        return queue;
    }

    @Override
    public synchronized <T> T exclusively(Supplier<T> steps) {
        return steps.get();
    }

    @Override
    public void limits(ThrottleLimits newLimits) {
        if (newLimits.rate(LimitKey.IOPS) == 666) {
            throw new IllegalArgumentException("iops = 666: this policy cannot keep it");
        }
        limits = newLimits;
    }

    @Override
    public void change(ThrottleLimits newLimits, Share newShare) {
        if (newShare.minIops() == 666) {
            throw new IllegalArgumentException("drive vm1: min.iops = 666: has no cover");
        }
        limits(newLimits);
        share = newShare;
    }

    @Override
    public void policy(String type) {
        policy = type;
    }

    @Override
    public CompletableFuture<@Nullable Void> reopen() {
        reopened++;
        state = State.SERVING;
        reason = "";
        return CompletableFuture.completedFuture(null);
    }

    /** Accepts multiples of 512. */
    @Override
    public CompletableFuture<@Nullable Void> resize(long newSize, boolean mayShrink) {
        if (newSize % 512 != 0 || (newSize < size && !mayShrink)) {
            return CompletableFuture.failedFuture(new IOException("size = " + newSize + ": refused by the drive"));
        }
        size = newSize;
        return CompletableFuture.completedFuture(null);
    }

    @Override
    public TestFaults faults() {
        return faults;
    }

    @Override
    public void restore() {
        limits = settings.limits();
        share = settings.share();
        policy = settings.policy();
    }

    @Override
    public CompletableFuture<Boolean> drain(long timeoutNanos) {
        drained++;
        return CompletableFuture.completedFuture(true);
    }
}
