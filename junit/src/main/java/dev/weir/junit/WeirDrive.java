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
import org.junit.jupiter.api.extension.AfterAllCallback;
import org.junit.jupiter.api.extension.AfterEachCallback;
import org.junit.jupiter.api.extension.BeforeAllCallback;
import org.junit.jupiter.api.extension.BeforeEachCallback;
import org.junit.jupiter.api.extension.ExtensionContext;

/**
 * A throttled drive in the test's own process, which any NBD client reaches at {@link #uri()} and the test itself
 * through {@link #channel()}.
 *
 * <pre>{@code
 * @RegisterExtension
 * static final WeirDrive disk = WeirDrive.memory(64 * WeirDrive.MIB).limit("bps", WeirDrive.MIB);
 * }</pre>
 *
 * <p>In a static field one drive serves all tests of the class, in a field of an instance each test has its own.
 * Without JUnit, {@link #start()} and {@link #close()} do the same.
 *
 * <p>What is said before the start is not thread-safe; a drive that has started is.
 */
public final class WeirDrive
        implements BeforeAllCallback, BeforeEachCallback, AfterEachCallback, AfterAllCallback, AutoCloseable {

    /** Bytes in a KiB. */
    public static final long KIB = 1L << 10;

    /** Bytes in a MiB. */
    public static final long MIB = 1L << 20;

    /** Bytes in a GiB. */
    public static final long GIB = 1L << 30;

    private static final String NAME = "disk";

    private final String backend;
    private final Map<String, Object> options;
    private final Map<String, Long> limits = new LinkedHashMap<>();
    private String policy = DriveSettings.DEFAULT_POLICY;
    private boolean readOnly;
    private boolean tcp;
    private boolean ofClass;
    private volatile @Nullable Served served;

    private WeirDrive(String backend, Map<String, Object> options) {
        this.backend = backend;
        this.options = options;
    }

    /**
     * Describes a drive in memory: all zeroes at each start, gone at the end.
     *
     * @param bytes its size, 1 or more
     */
    public static WeirDrive memory(long bytes) {
        return new WeirDrive("memory", Map.of("size", bytes));
    }

    /**
     * Describes a drive in a raw image file, which is made if it is missing and stays at the end.
     *
     * @param file the image
     * @param bytes its size, 1 or more; a file that is there must have it
     */
    public static WeirDrive file(Path file, long bytes) {
        String path = file.toAbsolutePath().toString();
        return new WeirDrive("file", Map.of("path", path, "size", bytes, "create", true));
    }

    /**
     * Sets a limit.
     *
     * @param key as in a configuration file: {@code bps}, {@code iops_wr}, {@code iops_max} and so on
     * @param value bytes or requests per second, or seconds, or bytes, as the key has it
     * @throws IllegalArgumentException if there is no such key
     */
    public WeirDrive limit(String key, long value) {
        if (!ThrottleLimits.keys().contains(key)) {
            throw new IllegalArgumentException(key + ": is not a limit; there are " + ThrottleLimits.keys());
        }
        limits.put(key, value);
        return this;
    }

    /**
     * Chooses how limits are kept.
     *
     * @param type {@code bucket}, which is what there is without this, or {@code slice}
     */
    public WeirDrive policy(String type) {
        policy = type;
        return this;
    }

    /** Has writes refused. */
    public WeirDrive readOnly() {
        readOnly = true;
        return this;
    }

    /** Listens on a free TCP port of the loopback interface, where every user of the machine reaches it. */
    public WeirDrive tcp() {
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
    public WeirDrive start() throws IOException {
        if (served != null) {
            throw new IllegalStateException("the drive is already served at " + uri());
        }
        served = Served.start(
                new DriveSettings(NAME, backend, options, readOnly, policy, null, ThrottleLimits.of(limits)), tcp);
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

    @Override
    public void beforeAll(ExtensionContext context) throws IOException {
        ofClass = true;
        start();
    }

    @Override
    public void beforeEach(ExtensionContext context) throws IOException {
        if (!ofClass) {
            start();
        }
    }

    @Override
    public void afterEach(ExtensionContext context) {
        if (!ofClass) {
            close();
        }
    }

    @Override
    public void afterAll(ExtensionContext context) {
        ofClass = false;
        close();
    }
}
