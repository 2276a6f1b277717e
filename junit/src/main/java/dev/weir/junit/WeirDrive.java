package dev.weir.junit;

import java.io.IOException;
import java.nio.file.Path;
import java.util.Map;
import org.junit.jupiter.api.extension.AfterAllCallback;
import org.junit.jupiter.api.extension.AfterEachCallback;
import org.junit.jupiter.api.extension.BeforeAllCallback;
import org.junit.jupiter.api.extension.BeforeEachCallback;
import org.junit.jupiter.api.extension.ExtensionContext;

/**
 * An {@link EmbeddedDrive} that JUnit starts and closes.
 *
 * <pre>{@code
 * @RegisterExtension
 * static final WeirDrive disk = WeirDrive.memory(64 * WeirDrive.MIB).limit("bps", WeirDrive.MIB);
 * }</pre>
 *
 * <p>A static field is one drive for all tests of the class. An instance field is a new drive for each test.
 */
public final class WeirDrive extends EmbeddedDrive
        implements BeforeAllCallback, BeforeEachCallback, AfterEachCallback, AfterAllCallback {

    private boolean ofClass;

    private WeirDrive(String backend, Map<String, Object> options) {
        super(backend, options);
    }

    /**
     * Describes a drive in memory. It is all zeroes after each start and lost at the close.
     *
     * @param bytes size in bytes; 1 or more
     */
    public static WeirDrive memory(long bytes) {
        return new WeirDrive("memory", memoryOptions(bytes));
    }

    /**
     * Describes a drive in a raw image file. A missing file is created; the file is kept at the close.
     *
     * @param file the image
     * @param bytes size in bytes; 1 or more. A smaller file grows to it; a larger one is refused.
     */
    public static WeirDrive file(Path file, long bytes) {
        return new WeirDrive("file", fileOptions(file, bytes));
    }

    /**
     * Describes a drive in memory with the limits and latencies of a real disk.
     *
     * @param profile name of a built-in profile, such as {@code ebs-gp2}
     * @param bytes size in bytes, which also sets the rates per GiB. Only written data takes memory.
     * @throws IllegalArgumentException if no profile has the name
     */
    public static WeirDrive profile(String profile, long bytes) {
        return memory(bytes).profile(profile);
    }

    @Override
    public WeirDrive profile(String profile) {
        super.profile(profile);
        return this;
    }

    @Override
    public WeirDrive weight(int weight) {
        super.weight(weight);
        return this;
    }

    @Override
    public WeirDrive min(String key, long value) {
        super.min(key, value);
        return this;
    }

    @Override
    public WeirDrive limit(String key, long value) {
        super.limit(key, value);
        return this;
    }

    @Override
    public WeirDrive policy(String type) {
        super.policy(type);
        return this;
    }

    @Override
    public WeirDrive group(EmbeddedGroup shared) {
        super.group(shared);
        return this;
    }

    @Override
    public WeirDrive readOnly() {
        super.readOnly();
        return this;
    }

    @Override
    public WeirDrive tcp() {
        super.tcp();
        return this;
    }

    @Override
    public WeirDrive losesPower() {
        super.losesPower();
        return this;
    }

    @Override
    public WeirDrive fault(FaultRule fault) {
        super.fault(fault);
        return this;
    }

    @Override
    public WeirDrive start() throws IOException {
        super.start();
        return this;
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
