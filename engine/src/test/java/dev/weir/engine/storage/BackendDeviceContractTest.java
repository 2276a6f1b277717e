package dev.weir.engine.storage;

import dev.weir.block.BlockBackend;
import dev.weir.block.BlockDevice;
import dev.weir.block.HintedBackend;
import dev.weir.testkit.block.BlockDeviceContract;
import dev.weir.testkit.block.DeviceBackend;
import dev.weir.testkit.block.SparseDevice;
import dev.weir.testkit.clock.ManualClock;
import org.junit.jupiter.api.Nested;

class BackendDeviceContractTest {

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
        abstract BlockBackend backend(long size);

        @Override
        protected BlockDevice openDevice(long size) {
            return new BackendDevice("vm1", backend(size), ManualClock.seeded(1));
        }

        /** The device of the contract keeps the pages of a trimmed range. */
        @Override
        protected boolean tellsHoles() {
            return false;
        }
    }

    @Nested
    class Plain extends Adapted {
        @Override
        BlockBackend backend(long size) {
            return new DeviceBackend(new SparseDevice(size));
        }
    }

    @Nested
    class Inline extends Adapted {
        @Override
        BlockBackend backend(long size) {
            return new InMemory(size);
        }
    }

    @Nested
    class WritesOnOneWorker extends Adapted {
        @Override
        BlockBackend backend(long size) {
            return new InTurn(size);
        }
    }
}
