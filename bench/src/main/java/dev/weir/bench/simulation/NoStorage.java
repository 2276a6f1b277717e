package dev.weir.bench.simulation;

import dev.weir.block.BlockBackend;
import dev.weir.block.BlockBackendFactory;
import dev.weir.block.BlockOption;
import dev.weir.block.HintedBackend;
import java.nio.ByteBuffer;
import java.util.List;
import java.util.Map;

/** A backend of any size without storage, so that only the throttle is simulated. */
final class NoStorage implements BlockBackendFactory {

    @Override
    public String type() {
        return "none";
    }

    @Override
    public List<BlockOption> options() {
        return List.of();
    }

    @Override
    public BlockBackend open(String drive, Map<String, Object> options, boolean readOnly) {
        return new HintedBackend() {
            @Override
            public long size() {
                return Long.MAX_VALUE;
            }

            @Override
            public boolean mayBlock() {
                return false;
            }

            @Override
            public void read(ByteBuffer destination, long offset) {}

            @Override
            public void write(ByteBuffer source, long offset) {}

            @Override
            public void writeZeroes(long offset, long length, boolean mayUnmap) {}

            @Override
            public void trim(long offset, long length) {}

            @Override
            public void flush() {}

            @Override
            public void close() {}
        };
    }
}
