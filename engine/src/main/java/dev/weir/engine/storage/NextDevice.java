package dev.weir.engine.storage;

import dev.weir.block.BlockDevice;
import dev.weir.block.filter.BlockFilter;
import java.util.Map;

/**
 * The next device of a filter as the filter knows it. The real one changes when filters beside it come and go.
 *
 * <p>Thread-safe.
 */
final class NextDevice implements BlockFilter {
    private volatile BlockDevice device;

    NextDevice(BlockDevice device) {
        this.device = device;
    }

    void set(BlockDevice newDevice) {
        device = newDevice;
    }

    @Override
    public BlockDevice next() {
        return device;
    }

    @Override
    public void configure(Map<String, Object> options) {}

    @Override
    public void release() {}
}
