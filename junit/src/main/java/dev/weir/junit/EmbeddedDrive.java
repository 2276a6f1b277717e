package dev.weir.junit;

import dev.weir.drive.Drive;
import dev.weir.drive.control.DriveControl;
import dev.weir.drive.control.DriveSnapshot;
import dev.weir.drive.settings.DriveSettings;
import dev.weir.throttle.ThrottleLimits;
import java.io.IOException;
import java.nio.channels.SeekableByteChannel;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * A throttled drive in this process, which any NBD client reaches at {@link #uri()} and the process itself through {@link #channel()}. It needs no
 * JUnit; {@link WeirDrive} is the same for JUnit.
 *
 * <pre>{@code
 * try (EmbeddedDrive slow = EmbeddedDrive.memory(64 * EmbeddedDrive.MIB).limit("bps", EmbeddedDrive.MIB).start()) {
 *     slow.channel().write(bytes);
 * }
 * }</pre>
 *
 * <p>Describing a drive is not thread-safe; a drive that has started is.
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
    private @Nullable EmbeddedGroup group;
    private volatile @Nullable Served served;

    EmbeddedDrive(String backend, Map<String, Object> options) {
        this.backend = backend;
        this.options = options;
    }

    /**
     * Describes a drive in memory: all zeroes at each start, gone at the end.
     *
     * @param bytes its size, 1 or more
     */
    public static EmbeddedDrive memory(long bytes) {
        return new EmbeddedDrive("memory", memoryOptions(bytes));
    }

    /**
     * Describes a drive in a raw image file, which is made if it is missing and stays at the end.
     *
     * @param file the image
     * @param bytes its size, 1 or more; a file that is there must have it
     */
    public static EmbeddedDrive file(Path file, long bytes) {
        return new EmbeddedDrive("file", fileOptions(file, bytes));
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
     * @param key as in a configuration file: {@code bps}, {@code iops_wr}, {@code iops_max} and so on
     * @param value bytes or requests per second, or seconds, or bytes, as the key has it
     * @throws IllegalArgumentException if there is no such key
     */
    public EmbeddedDrive limit(String key, long value) {
        limits.put(Described.key(key), value);
        return this;
    }

    /**
     * Chooses the policy that keeps the limits.
     *
     * @param type {@code bucket}, the default, or {@code slice}
     * @throws IllegalArgumentException if there is no such policy
     */
    public EmbeddedDrive policy(String type) {
        policy = Described.policy(type);
        return this;
    }

    /** Puts the drive into a group: the limits of the group hold beside its own. */
    public EmbeddedDrive group(EmbeddedGroup shared) {
        group = shared;
        return this;
    }

    /** Has writes refused. */
    public EmbeddedDrive readOnly() {
        readOnly = true;
        return this;
    }

    /** Listens on a free TCP port of the loopback interface, where every user of the machine reaches it. */
    public EmbeddedDrive tcp() {
        tcp = true;
        return this;
    }

    /**
     * Starts to serve the drive.
     *
     * @throws IllegalArgumentException if its limits contradict each other
     * @throws IllegalStateException if it is already served
     * @throws IOException if it cannot be opened, or nothing can listen
     */
    public EmbeddedDrive start() throws IOException {
        if (served != null) {
            throw new IllegalStateException("the drive is already served at " + uri());
        }
        ThrottleLimits own = ThrottleLimits.of(limits);
        EmbeddedGroup shared = group;
        EngineLease lease = shared == null ? EngineLease.alone() : shared.join();
        DriveSettings settings =
                new DriveSettings(lease.driveName(), backend, options, readOnly, policy, lease.groupName(), own);
        served = Served.start(lease, settings, tcp);
        return this;
    }

    private Served served() {
        Served now = served;
        if (now == null) {
            throw new IllegalStateException("the drive is not served: it has not been started, or has been closed");
        }
        return now;
    }

    /** Returns the NBD URI at which clients reach it. */
    public String uri() {
        return served().uri();
    }

    /** Returns the drive, for requests without NBD. */
    public Drive drive() {
        return served().drive();
    }

    /** Returns what shows the waiting requests and takes other limits, also for what waits. */
    public DriveControl control() {
        return served().control();
    }

    /** Returns how it stands: what it has done, what waits, what is owed. */
    public DriveSnapshot snapshot() {
        return control().snapshot();
    }

    /**
     * Opens it as a channel, whose reads and writes take as long as the limits have it. It has the drive's size:
     * writing beyond it fails, and so does truncating. Not thread-safe; there may be several.
     */
    public SeekableByteChannel channel() {
        return new DriveChannel(drive());
    }

    /** Ends it, and what clients wait for; nothing happens if it has not been started. */
    @Override
    public void close() {
        Served now = served;
        served = null;
        if (now != null) {
            now.close();
        }
    }
}
