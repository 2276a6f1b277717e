package dev.weir.testkit.block;

import dev.weir.block.BlockDevice;
import dev.weir.block.BlockRequest;
import java.io.IOException;
import java.util.function.Consumer;

/** A device that shows each request to an observer first. */
record ObservedDevice(BlockDevice device, Consumer<BlockRequest> observer) implements BlockDevice {

    @Override
    public long size() {
        return device.size();
    }

    @Override
    public void resize(long newSize) throws IOException {
        device.resize(newSize);
    }

    @Override
    public void submit(BlockRequest request) {
        observer.accept(request);
        device.submit(request);
    }

    @Override
    public void close() {}
}
