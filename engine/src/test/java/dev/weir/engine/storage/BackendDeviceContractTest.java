package dev.weir.engine.storage;

import dev.weir.backend.file.FileBackendFactory;
import dev.weir.backend.memory.MemoryBackendFactory;
import dev.weir.block.BlockBackend;
import dev.weir.block.BlockDevice;
import dev.weir.block.HintedBackend;
import dev.weir.testkit.block.BlockDeviceContract;
import dev.weir.testkit.block.DeviceBackend;
import dev.weir.testkit.block.SparseDevice;
import dev.weir.testkit.clock.ManualClock;
import java.io.IOException;
import java.nio.file.Path;
import java.util.Map;
import org.junit.jupiter.api.Nested;
import org.junit.jupiter.api.io.TempDir;

/** The adapter on backends of the contract, and on the backends that Weir ships. */
class BackendDeviceContractTest {

    /** One factory for all tests, so that drives reuse the memory of earlier ones. */
    private static final MemoryBackendFactory MEMORY = new MemoryBackendFactory();

    private static final class InMemory extends DeviceBackend implements HintedBackend {
        InMemory(long size) {
            super(new SparseDevice(size));
        }

        @Override
        public boolean mayBlock() {
            return false;
        }
    }

    private static final class InTurn extends DeviceBackend implements HintedBackend {
        InTurn(long size) {
            super(new SparseDevice(size));
        }

        @Override
        public boolean writesInTurn() {
            return true;
        }
    }

    private abstract static class Adapted extends BlockDeviceContract {
        abstract BlockBackend backend(long size) throws IOException;

        @Override
        protected BlockDevice openDevice(long size) throws IOException {
            return new BackendDevice("vm1", backend(size), ManualClock.seeded(1));
        }

        @Override
        protected boolean resizes() {
            return true;
        }
    }

    private abstract static class Sparse extends Adapted {
        /** The device of the contract keeps the pages of a trimmed range. */
        @Override
        protected boolean tellsHoles() {
            return false;
        }
    }

    @Nested
    class Plain extends Sparse {
        @Override
        BlockBackend backend(long size) {
            return new DeviceBackend(new SparseDevice(size));
        }
    }

    @Nested
    class Inline extends Sparse {
        @Override
        BlockBackend backend(long size) {
            return new InMemory(size);
        }
    }

    @Nested
    class WritesOnOneWorker extends Sparse {
        @Override
        BlockBackend backend(long size) {
            return new InTurn(size);
        }
    }

    @Nested
    class Memory extends Adapted {
        @Override
        BlockBackend backend(long size) throws IOException {
            return MEMORY.open("vm1", Map.of("size", size), false);
        }
    }

    @Nested
    class CachedFile extends Adapted {
        private final Path folder;
        private int images;

        CachedFile(@TempDir Path folder) {
            this.folder = folder;
        }

        @Override
        BlockBackend backend(long size) throws IOException {
            images++;
            String path = folder.resolve("vm%d.img".formatted(images)).toString();
            return new FileBackendFactory().open("vm1", Map.of("path", path, "size", size, "create", true), false);
        }
    }
}
