package dev.weir.backend.memory;

import dev.weir.block.BlockBackend;
import dev.weir.testkit.block.BlockBackendContract;
import java.io.IOException;
import java.util.Map;

class MemoryBackendContractTest extends BlockBackendContract {

    /** One factory for all tests, so that drives reuse the memory of earlier ones. */
    private static final MemoryBackendFactory FACTORY = new MemoryBackendFactory();

    @Override
    protected BlockBackend open(long size) throws IOException {
        return FACTORY.open("test", Map.of("size", size), false);
    }

    @Override
    protected boolean resizes() {
        return true;
    }
}
