package dev.weir.engine;

import dev.weir.block.BlockDevice;
import dev.weir.block.BlockDeviceFactory;
import dev.weir.block.BlockOption;
import dev.weir.block.BlockRequest;
import dev.weir.block.Operation;
import dev.weir.clock.Clock;
import java.nio.ByteBuffer;
import java.util.List;
import java.util.Map;

/** Devices of any size that complete every request at once and keep no data. */
final class BareDevices implements BlockDeviceFactory {
    @Override
    public String type() {
        return "bare";
    }

    @Override
    public List<BlockOption> options() {
        return List.of(new BlockOption(BlockOption.SIZE, BlockOption.Kind.BYTES, true, "the size"));
    }

    @Override
    public boolean returnsAtOnce() {
        return true;
    }

    @Override
    public BlockDevice open(String drive, Map<String, Object> options, boolean readOnly, Clock clock) {
        return new BlockDevice() {
            private volatile long size = (Long) options.getOrDefault(BlockOption.SIZE, 1L);

            @Override
            public long size() {
                return size;
            }

            @Override
            public void resize(long newSize) {
                size = newSize;
            }

            @Override
            public void submit(BlockRequest request) {
                if (request.operation() == Operation.READ) {
                    ByteBuffer zeroes = request.buffer();
                    zeroes.position(zeroes.limit());
                }
                request.complete(null);
            }

            @Override
            public void close() {}
        };
    }
}
