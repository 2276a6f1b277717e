package dev.weir.backend.memory;

import dev.weir.block.BlockBackend;
import dev.weir.testkit.block.BlockBackendContract;
import java.io.IOException;
import java.util.Map;

class MemoryBackendContractTest extends BlockBackendContract {

    /** One for all, so that drives get the memory of those before. */
    private static final MemoryBackendFactory FACTORY = new MemoryBackendFactory();

    @Override
    protected BlockBackend open(long size) throws IOException {
        return FACTORY.open("test", Map.of("size", size), false);
    }
}
