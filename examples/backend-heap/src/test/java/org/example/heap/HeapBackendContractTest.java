package org.example.heap;

import dev.weir.block.BlockBackend;
import dev.weir.testkit.block.BlockBackendContract;
import java.io.IOException;
import java.util.Map;

/** Runs the contract of backends, which Weir's own backends pass too. */
class HeapBackendContractTest extends BlockBackendContract {

    @Override
    protected BlockBackend open(long size) throws IOException {
        return new HeapBackendFactory().open("test", Map.of("size", size), false);
    }

    /** Smaller than the default, because zeroing block by block is slow. */
    @Override
    protected long hugeSize() {
        return 1L << 30;
    }
}
