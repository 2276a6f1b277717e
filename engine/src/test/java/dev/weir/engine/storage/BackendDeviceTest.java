package dev.weir.engine.storage;

import static org.junit.jupiter.api.Assertions.assertEquals;

import dev.weir.block.BlockError;
import dev.weir.block.BlockException;
import dev.weir.block.HintedBackend;
import dev.weir.block.Operation;
import dev.weir.engine.TestRequest;
import dev.weir.log.RateLimitedLog;
import dev.weir.testkit.block.DeviceBackend;
import dev.weir.testkit.block.SparseDevice;
import dev.weir.testkit.clock.ManualClock;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** The log of the requests that a backend fails. */
class BackendDeviceTest {
    private final List<String> logged = new ArrayList<>();

    private static final class Failing extends DeviceBackend implements HintedBackend {
        private final BlockError error;

        Failing(BlockError error) {
            super(new SparseDevice(8192));
            this.error = error;
        }

        @Override
        public boolean mayBlock() {
            return false;
        }

        @Override
        public void write(ByteBuffer source, long offset) throws IOException {
            throw error == BlockError.EIO ? new IOException("disk: broken") : new BlockException(error, "disk: full");
        }
    }

    /** {@code ENOTSUP} is an answer to the client: fast zeroes that would not be fast. */
    @ParameterizedTest
    @CsvSource({
        "EIO, drive vm1: WRITE of 512 bytes at 4096 failed: disk: broken",
        "ENOSPC, drive vm1: WRITE of 512 bytes at 4096 failed: disk: full",
        "EPERM, drive vm1: WRITE of 512 bytes at 4096 failed: disk: full",
        "ENOTSUP, ''"
    })
    void failureOfTheStorageIsLogged(BlockError error, String line) {
        BackendDevice device = new BackendDevice(
                "vm1",
                new Failing(error),
                ManualClock.seeded(1),
                new RateLimitedLog("failures", logged::add, end -> {}));
        List<BlockError> answers = new ArrayList<>();
        device.submit(new TestRequest(this, Operation.WRITE, 4096, 512, request -> answers.add(request.error())));
        assertEquals(List.of(error), answers);
        assertEquals(line.isEmpty() ? List.of() : List.of(line), logged);
    }
}
