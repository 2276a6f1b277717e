package org.example.heap;

import dev.weir.block.BlockBackend;
import dev.weir.testkit.block.BlockBackendContract;
import java.io.IOException;
import java.util.Map;

/** Holds the backend to what Weir's own are held to. */
class HeapBackendContractTest extends BlockBackendContract {

    @Override
    protected BlockBackend open(long size) throws IOException {
        return new HeapBackendFactory().open("test", Map.of("size", size), false);
    }

    /** Zeroing is block by block, so a terabyte at once would take its time. */
    @Override
    protected long hugeSize() {
        return 1L << 30;
    }
}
