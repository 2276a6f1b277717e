package dev.weir.engine;

import dev.weir.block.BlockDevice;
import dev.weir.block.BlockDeviceFactory;
import dev.weir.block.BlockOption;
import dev.weir.block.BlockRequest;
import dev.weir.clock.Clock;
import dev.weir.testkit.block.SparseDevice;
import java.io.IOException;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;

/** One sparse device with the bytes that it should have, and a record of its sizes. */
final class ResizableDevices implements BlockDeviceFactory {
    static final long SIZE = 1 << 16;

    /** The sizes at each open and change. */
    final List<Long> sizes = new ArrayList<>();

    SparseDevice device = new SparseDevice(SIZE);

    /** The content after all completed requests. */
    byte[] model = new byte[(int) SIZE];

    /** Fails the next change of the size; empty for none. */
    String failure = "";

    int blockSize = 1;

    @Override
    public String type() {
        return "resizable";
    }

    @Override
    public List<BlockOption> options() {
        return List.of(new BlockOption(BlockOption.SIZE, BlockOption.Kind.BYTES, false, "the size"));
    }

    @Override
    public boolean returnsAtOnce() {
        return true;
    }

    @Override
    public BlockDevice open(String drive, Map<String, Object> options, boolean readOnly, Clock clock) {
        long size = (Long) options.getOrDefault(BlockOption.SIZE, SIZE);
        device = new SparseDevice(size);
        model = new byte[(int) size];
        sizes.add(size);
        return new BlockDevice() {
            @Override
            public long size() {
                return device.size();
            }

            @Override
            public int blockSize() {
                return blockSize;
            }

            @Override
            public void resize(long newSize) throws IOException {
                if (!failure.isEmpty()) {
                    throw new IOException(failure);
                }
                device.resize(newSize);
                model = Arrays.copyOf(model, (int) newSize);
                sizes.add(newSize);
            }

            @Override
            public void submit(BlockRequest request) {
                if (request.offset() + request.length() > device.size()) {
                    throw new AssertionError(request.offset() + " + " + request.length() + " in " + device.size());
                }
                device.submit(request);
            }

            @Override
            public void close() {}
        };
    }
}
