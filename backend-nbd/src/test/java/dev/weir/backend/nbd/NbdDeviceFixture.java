package dev.weir.backend.nbd;

import dev.weir.backend.nbd.connection.ClientLoop;
import dev.weir.block.BlockDevice;
import dev.weir.log.RateLimitedLog;
import dev.weir.testkit.clock.ManualClock;
import java.io.IOException;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.TimeUnit;
import java.util.function.BooleanSupplier;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Timeout;

/** A device in front of a {@link FarServer} on a virtual clock. */
@Timeout(20)
abstract class NbdDeviceFixture {
    static final int SIZE = 4 << 20;
    private static final long STEP_NANOS = TimeUnit.MILLISECONDS.toNanos(100);

    final FarServer server;
    final ManualClock clock = ManualClock.seeded(System.identityHashCode(this));
    final Map<String, Object> options = new HashMap<>();
    final List<String> logged = new CopyOnWriteArrayList<>();
    final List<String> failed = new CopyOnWriteArrayList<>();
    private final ClientLoop loop = ClientLoop.start("test-nbd-client");
    private final ExecutorService blocking = Executors.newCachedThreadPool();
    FarServer.@Nullable Connection connection;
    private @Nullable BlockDevice device;

    NbdDeviceFixture() throws IOException {
        server = new FarServer(SIZE);
        options.put("uri", server.uri());
    }

    /** Opens the device. The server's end of its first connection is {@link #connection} then. */
    BlockDevice open() throws IOException, InterruptedException {
        device = NbdDevice.open(
                DeviceOptions.of(options),
                loop,
                blocking,
                new UnflushedMemory(),
                clock,
                new RateLimitedLog("device", logged::add),
                new RateLimitedLog("failed requests", failed::add));
        connection = server.connections.take();
        return device;
    }

    /** Advances the clock in steps until the server has a new connection. */
    void awaitConnection() throws InterruptedException {
        while (server.connections.poll(50, TimeUnit.MILLISECONDS) == null) {
            clock.advance(STEP_NANOS);
        }
    }

    /** Advances the clock in steps until a condition holds. */
    void advanceUntil(BooleanSupplier condition) throws InterruptedException {
        while (!condition.getAsBoolean()) {
            clock.advance(STEP_NANOS);
            server.connections.poll(50, TimeUnit.MILLISECONDS); // gives the threads some time
        }
    }

    @AfterEach
    void close() throws IOException {
        if (device != null) {
            device.close();
        }
        loop.close();
        blocking.shutdownNow();
        server.close();
    }
}
