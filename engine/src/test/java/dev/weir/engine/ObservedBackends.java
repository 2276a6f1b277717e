package dev.weir.engine;

import dev.weir.block.BlockBackend;
import dev.weir.block.BlockBackendFactory;
import dev.weir.block.BlockError;
import dev.weir.block.BlockException;
import dev.weir.block.BlockOption;
import dev.weir.block.HintedBackend;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.util.List;
import java.util.Map;

/** Backends without data that report each request and fail on demand. */
final class ObservedBackends implements BlockBackendFactory {
    static final int NO_FAULT = -1;

    /** Receives the drive, its size and an offset. Each image has another size. */
    interface Observer {
        void reached(String drive, long size, long offset);
    }

    private final Observer observer;

    /** The kind of failure; {@link #NO_FAULT} for none. */
    int fault = NO_FAULT;

    ObservedBackends(Observer observer) {
        this.observer = observer;
    }

    @Override
    public String type() {
        return "observed";
    }

    @Override
    public List<BlockOption> options() {
        return List.of(new BlockOption("image", BlockOption.Kind.PATH, false, "which one"));
    }

    private void mayFail() throws IOException {
        switch (fault) {
            case 0 -> throw new IOException("for the test");
            case 1 -> throw new BlockException(BlockError.ENOSPC, "for the test");
            case 2 -> throw new IllegalStateException("for the test");
            case 3 -> throw new StackOverflowError("for the test");
            default -> {}
        }
    }

    @Override
    public BlockBackend open(String drive, Map<String, Object> options, boolean readOnly) throws IOException {
        mayFail();
        long size = Long.MAX_VALUE
                - Math.floorMod(String.valueOf(options.get("image")).hashCode(), 1_000);
        return new HintedBackend() {
            private void reached(long offset) throws IOException {
                observer.reached(drive, size, offset);
                mayFail();
            }

            @Override
            public long size() {
                return size;
            }

            @Override
            public boolean mayBlock() {
                return false;
            }

            @Override
            public void read(ByteBuffer destination, long offset) throws IOException {
                reached(offset);
            }

            @Override
            public void write(ByteBuffer source, long offset) throws IOException {
                reached(offset);
            }

            @Override
            public void writeZeroes(long offset, long length, boolean mayUnmap) throws IOException {
                reached(offset);
            }

            @Override
            public void trim(long offset, long length) throws IOException {
                reached(offset);
            }

            @Override
            public void cache(long offset, long length) throws IOException {
                reached(offset);
            }

            @Override
            public void flush() throws IOException {
                mayFail();
            }

            @Override
            public void close() throws IOException {
                mayFail();
            }
        };
    }
}
