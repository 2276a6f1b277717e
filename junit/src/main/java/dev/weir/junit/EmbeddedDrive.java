package dev.weir.junit;

import dev.weir.config.EmbeddedProfiles;
import dev.weir.drive.Drive;
import dev.weir.drive.control.DriveControl;
import dev.weir.drive.control.DriveSnapshot;
import dev.weir.drive.settings.DriveSettings;
import dev.weir.fault.Fault;
import dev.weir.fault.FaultControl;
import dev.weir.fault.FaultSettings;
import dev.weir.fault.PowerCutReport;
import dev.weir.throttle.Share;
import dev.weir.throttle.ThrottleLimits;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * A throttled drive in this process. NBD clients connect to {@link #uri()}; the process itself uses {@link
 * #channel()}. Needs no JUnit. {@link WeirDrive} is the same drive as a JUnit extension.
 *
 * <pre>{@code
 * try (EmbeddedDrive slow = EmbeddedDrive.memory(64 * EmbeddedDrive.MIB).limit("bps", EmbeddedDrive.MIB).start()) {
 *     slow.channel().write(bytes);
 * }
 * }</pre>
 *
 * <p>Thread-safe once started. The methods that describe the drive are not thread-safe.
 */
public class EmbeddedDrive implements AutoCloseable {

    /** Bytes in a KiB. */
    public static final long KIB = 1L << 10;

    /** Bytes in a MiB. */
    public static final long MIB = 1L << 20;

    /** Bytes in a GiB. */
    public static final long GIB = 1L << 30;

    private final String backend;
    private final Map<String, Object> options;
    private final Map<String, Long> limits = new LinkedHashMap<>();
    private String policy = DriveSettings.DEFAULT_POLICY;
    private boolean readOnly;
    private boolean tcp;
    private boolean losesPower;
    private final List<FaultRule> faults = new ArrayList<>();
    private final Map<String, Long> share = new LinkedHashMap<>();
    private Map<String, Long> limitsOfProfile = Map.of();
    private List<Fault> faultsOfProfile = List.of();
    private @Nullable EmbeddedGroup group;
    private volatile @Nullable Served served;

    EmbeddedDrive(String backend, Map<String, Object> options) {
        this.backend = backend;
        this.options = options;
    }

    /**
     * Describes a drive in memory. It is all zeroes after each start and lost at the close.
     *
     * @param bytes size in bytes; 1 or more
     */
    public static EmbeddedDrive memory(long bytes) {
        return new EmbeddedDrive("memory", memoryOptions(bytes));
    }

    /**
     * Describes a drive in a raw image file. A missing file is created; the file is kept at the close.
     *
     * @param file the image
     * @param bytes size in bytes; 1 or more. A smaller file grows to it; a larger one is refused.
     */
    public static EmbeddedDrive file(Path file, long bytes) {
        return new EmbeddedDrive("file", fileOptions(file, bytes));
    }

    /**
     * Describes a drive in memory with the limits and latencies of a real disk.
     *
     * @param profile name of a built-in profile, such as {@code ebs-gp2}
     * @param bytes size in bytes, which also sets the rates per GiB. Only written data takes memory.
     * @throws IllegalArgumentException if no profile has the name
     */
    public static EmbeddedDrive profile(String profile, long bytes) {
        return memory(bytes).profile(profile);
    }

    static Map<String, Object> memoryOptions(long bytes) {
        return Map.of("size", bytes);
    }

    static Map<String, Object> fileOptions(Path file, long bytes) {
        return Map.of("path", file.toAbsolutePath().toString(), "size", bytes, "create", true);
    }

    /**
     * Sets a limit.
     *
     * @param key a limit of the configuration file, for example {@code bps} or {@code iops_wr} or {@code iops_max}
     * @param value the value in the unit of the key: bytes/s, requests/s, bytes or seconds
     * @throws IllegalArgumentException if the key is not a limit
     */
    public EmbeddedDrive limit(String key, long value) {
        limits.put(Described.key(key), value);
        return this;
    }

    /**
     * Takes the limits and latencies of a real disk. Limits of {@link #limit} go before them, and 0 takes one away. A
     * {@link #fault} goes before the latency of the same name.
     *
     * @param profile name of a built-in profile, such as {@code ebs-gp2}
     * @throws IllegalArgumentException if no profile has the name
     */
    public EmbeddedDrive profile(String profile) {
        limitsOfProfile = EmbeddedProfiles.limits(profile).toMap();
        faultsOfProfile = EmbeddedProfiles.faults(profile);
        return this;
    }

    /**
     * Sets the throttling policy.
     *
     * @param type {@code bucket} (the default) or {@code slice}
     * @throws IllegalArgumentException if the policy does not exist
     */
    public EmbeddedDrive policy(String type) {
        policy = Described.policy(type);
        return this;
    }

    /** Puts the drive into a group. The limits of the group apply in addition to its own. */
    public EmbeddedDrive group(EmbeddedGroup shared) {
        group = shared;
        return this;
    }

    /**
     * Sets the weight of the drive in its group. The default is 1.
     *
     * @param weight the part of the group's limits relative to the other waiting members; 1 to 1,000
     * @throws IllegalArgumentException if it is out of range
     */
    public EmbeddedDrive weight(int weight) {
        Described.share(share, Share.WEIGHT, weight);
        return this;
    }

    /**
     * Sets the least rate of the drive in its group.
     *
     * @param key {@code bps} or {@code iops}
     * @param value bytes/s or requests/s
     * @throws IllegalArgumentException if the key is another one or the value is out of range
     */
    public EmbeddedDrive min(String key, long value) {
        Described.share(share, "min." + key, value);
        return this;
    }

    /** Makes the drive read-only: writes fail. */
    public EmbeddedDrive readOnly() {
        readOnly = true;
        return this;
    }

    /** Serves the drive on a free TCP port of the loopback interface. Every user of the machine can connect. */
    public EmbeddedDrive tcp() {
        tcp = true;
        return this;
    }

    /**
     * Gives the drive a volatile write cache: {@link #powerCut} can lose the writes since the last flush. A channel
     * flushes in {@link FlushableChannel#flush} and when it is closed.
     */
    public EmbeddedDrive losesPower() {
        losesPower = true;
        return this;
    }

    /**
     * Sets a fault, now if the drive is served and at each start otherwise. Replaces the fault of the same name.
     *
     * @param fault the fault, such as {@code latency("2ms").on(FLUSH)}; see {@link Faults}
     * @throws IllegalArgumentException if a setting breaks a rule; the message names the key, the value and the rule
     */
    public EmbeddedDrive fault(FaultRule fault) {
        Fault checked = fault.fault();
        Served now = served;
        if (now == null) {
            faults.add(fault);
        } else {
            now.control().faults().set(checked);
        }
        return this;
    }

    /**
     * Clears all faults except the latencies of the profile. The requests that they hold go on.
     *
     * @throws IllegalStateException if the drive is not served
     */
    public void heal() {
        FaultControl control = control().faults();
        control.clear();
        faultsOfProfile.forEach(control::set);
    }

    /**
     * Cuts the power of the drive, and returns when it is back. Flushed data survives. Open channels fail from now on
     * and NBD clients are disconnected. {@link #drive} and new channels use the drive after the power cut.
     *
     * @param survivors the unflushed writes that survive, such as {@code keep.none()}; see {@link Faults#keep}
     * @return the report of the lost writes
     * @throws IllegalStateException if the drive is not served
     * @throws IllegalArgumentException if the drive was not described with {@link #losesPower}
     * @throws IOException if the backend refuses a surviving write
     */
    public PowerCutReport powerCut(Survivors survivors) throws IOException {
        return served().powerCut(survivors.powerCut());
    }

    /**
     * Opens and serves the drive.
     *
     * @throws IllegalArgumentException if its limits, or those of its groups, contradict each other
     * @throws IllegalStateException if it is already served
     * @throws IOException if the backend cannot be opened or the server cannot listen
     */
    public EmbeddedDrive start() throws IOException {
        if (served != null) {
            throw new IllegalStateException("the drive is already served at " + uri());
        }
        Map<String, Long> merged = new LinkedHashMap<>(limitsOfProfile);
        merged.putAll(limits);
        ThrottleLimits own = ThrottleLimits.of(merged);
        Share part = Share.of(share);
        EmbeddedGroup shared = group;
        if (shared == null && !share.isEmpty()) {
            throw new IllegalArgumentException(share.keySet() + ": need a group");
        }
        EngineLease lease = shared == null ? EngineLease.alone() : shared.join(own, part);
        DriveSettings settings = DriveSettings.builder(lease.driveName(), backend)
                .options(options)
                .readOnly(readOnly)
                .policy(policy)
                .group(lease.groupName())
                .limits(own)
                .share(part)
                .faults(new FaultSettings(faultsOfProfile, losesPower, FaultSettings.DEFAULT_MEMORY, null))
                .build();
        Served started = Served.start(lease, settings, tcp);
        served = started;
        faults.forEach(fault -> started.control().faults().set(fault.fault()));
        return this;
    }

    private Served served() {
        Served now = served;
        if (now == null) {
            throw new IllegalStateException("the drive is not served: call start() first, and use it before close()");
        }
        return now;
    }

    /**
     * {@return the NBD URI of the drive, for clients}
     *
     * @throws IllegalStateException if the drive is not served
     */
    public String uri() {
        return served().uri();
    }

    /**
     * {@return the drive, for requests without NBD}
     *
     * @throws IllegalStateException if the drive is not served
     */
    public Drive drive() {
        return served().drive();
    }

    /**
     * {@return the control, which lists queued requests and changes limits} New limits apply to queued requests as
     * well.
     *
     * @throws IllegalStateException if the drive is not served
     */
    public DriveControl control() {
        return served().control();
    }

    /**
     * {@return the current state: completed requests, queue and debt}
     *
     * @throws IllegalStateException if the drive is not served
     */
    public DriveSnapshot snapshot() {
        return control().snapshot();
    }

    /**
     * Changes the size of the drive and returns when it applies. Requests wait meanwhile. Rates per GiB follow.
     *
     * @param bytes the new size in bytes; a smaller size loses the bytes beyond it
     * @throws IllegalStateException if the drive is not served
     * @throws IOException if the backend refuses the size; the message names the value and the rule
     */
    public void resize(long bytes) throws IOException {
        Served.join(control().resize(bytes, true));
    }

    /**
     * {@return a new channel to the drive} Reads and writes take the time that the limits give them. A write beyond
     * the end fails and so does truncation. A drive may have several channels. A channel is not thread-safe.
     *
     * @throws IllegalStateException if the drive is not served
     */
    public FlushableChannel channel() {
        return new DriveChannel(drive());
    }

    /** Stops serving the drive and ends pending requests. Does nothing if the drive is not started. */
    @Override
    public void close() {
        Served now = served;
        served = null;
        if (now != null) {
            now.close();
        }
    }
}
