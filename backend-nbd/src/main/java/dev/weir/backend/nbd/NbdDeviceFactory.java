package dev.weir.backend.nbd;

import dev.weir.backend.nbd.connection.ClientLoop;
import dev.weir.block.BlockDevice;
import dev.weir.block.BlockDeviceFactory;
import dev.weir.block.BlockOption;
import dev.weir.clock.Clock;
import dev.weir.log.RateLimitedLog;
import dev.weir.supervision.DaemonThreads;
import java.io.IOException;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import org.jspecify.annotations.Nullable;
import org.osgi.service.component.annotations.Component;
import org.osgi.service.component.annotations.Deactivate;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Opens remote NBD exports. One thread serves the connections of all devices.
 *
 * <p>Thread-safe.
 */
@Component(property = "weir.backend.type=nbd", immediate = true)
public final class NbdDeviceFactory implements BlockDeviceFactory {
    private static final Logger LOG = LoggerFactory.getLogger(NbdDeviceFactory.class);

    private final UnflushedMemory memory = new UnflushedMemory();
    private final ExecutorService blocking = Executors.newCachedThreadPool(DaemonThreads.named("weir-nbd-look-up"));

    // guarded by this
    private @Nullable ClientLoop loop;
    private boolean closed;

    @Override
    public String type() {
        return "nbd";
    }

    @Override
    public List<BlockOption> options() {
        return DeviceOptions.ALL;
    }

    /** Checks the options and the files of TLS. The server is not asked because it may allow one connection only. */
    @Override
    public void check(String drive, Map<String, Object> options, boolean readOnly) throws IOException {
        DeviceOptions.of(options).keys();
    }

    @Override
    public boolean returnsAtOnce() {
        return true;
    }

    @Override
    public BlockDevice open(String drive, Map<String, Object> options, boolean readOnly, Clock clock)
            throws IOException {
        RateLimitedLog log = new RateLimitedLog(
                "drive " + drive + ": news of its connections", line -> LOG.warn("drive {}: {}", drive, line));
        RateLimitedLog failures = new RateLimitedLog(
                "drive " + drive + ": failed requests", line -> LOG.warn("drive {}: {}", drive, line));
        return NbdDevice.open(DeviceOptions.of(options), loop(), blocking, memory, clock, log, failures);
    }

    private synchronized ClientLoop loop() throws IOException {
        if (closed) {
            throw new IOException("the backend nbd is stopping");
        }
        if (loop == null) {
            loop = ClientLoop.start("weir-nbd-client");
        }
        return loop;
    }

    /** Ends the threads. All devices must be closed before. */
    @Deactivate
    public void close() {
        ClientLoop ended;
        synchronized (this) {
            closed = true;
            ended = loop;
            loop = null;
        }
        blocking.shutdownNow();
        if (ended != null) {
            ended.close();
        }
    }
}
