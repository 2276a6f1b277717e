package dev.weir.backend.memory;

import dev.weir.block.BlockBackend;
import dev.weir.testkit.block.BlockBackendContract;
import java.io.IOException;
import java.util.Map;

class MemoryBackendContractTest extends BlockBackendContract {

    @Override
    protected BlockBackend open(long size) throws IOException {
        return new MemoryBackendFactory().open("test", Map.of("size", size), false);
    }
}
