package dev.weir.engine.storage;

import dev.weir.block.BlockDevice;
import dev.weir.block.BlockRequest;
import dev.weir.block.filter.BlockFilter;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * The next device of a filter as the filter knows it. The real one changes when filters beside it come and go.
 *
 * <p>Thread-safe.
 */
final class NextDevice implements BlockFilter {
    private volatile BlockDevice device;

    private final @Nullable PartThread thread;

    /**
     * Creates the next device of a filter.
     *
     * @param thread the thread of the filter, where it learns of completions; null if it promises not to block
     */
    NextDevice(BlockDevice device, @Nullable PartThread thread) {
        this.device = device;
        this.thread = thread;
    }

    @Override
    public void submit(BlockRequest request) {
        device.submit(thread == null ? request : IsolatedDevice.completedOn(thread, request));
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
