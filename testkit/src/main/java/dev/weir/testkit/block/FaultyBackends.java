package dev.weir.testkit.block;

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
import java.util.Random;
import java.util.concurrent.Phaser;
import java.util.concurrent.atomic.AtomicInteger;

/**
 * Drives in memory of the type {@code faulty} with injected faults. A script decides them. A hanging call continues
 * normally after its {@linkplain #release() release}.
 *
 * <p>Thread-safe.
 */
public final class FaultyBackends implements BlockBackendFactory {

    /** The call of a backend in which a fault is injected. */
    public enum Call {
        /** Opening the backend. */
        OPEN,
        /** A read. */
        READ,
        /** A write, write-zeroes or trim. */
        WRITE,
        /** A flush. */
        FLUSH,
        /** Closing the backend. */
        CLOSE,
        /** A check of the storage. */
        CHECK
    }

    /** An injected fault. */
    public enum Fault {
        /** No fault. */
        NONE,
        /** An {@link IOException}. The call had no effect. */
        FAIL,
        /** An {@link IOException} after the first half was done. */
        SHORT,
        /** No space left. */
        FULL,
        /** An exception that no backend should throw. */
        THROW,
        /** A call that returns only after {@link #release}. */
        HANG
    }

    /** Decides the fault of each call. Called concurrently on any thread. */
    @FunctionalInterface
    public interface Script {
        /**
         * Returns the fault of this call.
         *
         * @param call the kind of call
         * @param offset the offset in the drive (bytes)
         * @return the fault to inject
         */
        Fault fault(Call call, long offset);

        /**
         * {@return a script with random faults} The choice depends only on the offset. The order of calls therefore
         * does not matter. Opening, closing and checking succeed.
         *
         * @param seed the seed of the choice
         * @param percent the share of calls with a fault
         * @param faults the faults to choose from
         */
        static Script seeded(long seed, int percent, Fault... faults) {
            return (call, offset) -> {
                Random random = new Random(seed ^ (offset * 31 + call.ordinal()) * 0x9E3779B97F4A7C15L);
                boolean isOfRequest = call == Call.READ || call == Call.WRITE || call == Call.FLUSH;
                boolean wrong = isOfRequest && random.nextInt(100) < percent;
                return wrong ? faults[random.nextInt(faults.length)] : Fault.NONE;
            };
        }
    }

    private final Script script;
    private final int size;
    private final boolean mayBlock;
    private final Phaser released = new Phaser(1);
    private final AtomicInteger hanging = new AtomicInteger();

    /**
     * Creates drives.
     *
     * @param size the size of each drive (bytes)
     * @param mayBlock as in {@link HintedBackend#mayBlock}
     * @param script decides the faults
     */
    public FaultyBackends(int size, boolean mayBlock, Script script) {
        this.size = size;
        this.mayBlock = mayBlock;
        this.script = script;
    }

    /** Releases all calls that hang now. Later calls may hang again. */
    public void release() {
        released.arrive();
    }

    /** {@return the number of hanging calls} */
    public int hanging() {
        return hanging.get();
    }

    @Override
    public String type() {
        return "faulty";
    }

    @Override
    public List<BlockOption> options() {
        return List.of();
    }

    @Override
    public BlockBackend open(String drive, Map<String, Object> options, boolean readOnly) throws IOException {
        begin(Call.OPEN, 0);
        return new Faulty();
    }

    /** Injects the fault. Returns whether only half shall be done. */
    private boolean begin(Call call, long offset) throws IOException {
        Fault fault = script.fault(call, offset);
        switch (fault) {
            case FAIL -> throw new IOException("the script fails " + call + " at " + offset);
            case FULL -> throw new BlockException(BlockError.ENOSPC, "the script leaves no room");
            case THROW -> throw new IllegalStateException("the script throws at " + offset);
            case HANG -> hang();
            case NONE, SHORT -> {}
        }
        return fault == Fault.SHORT;
    }

    private void hang() {
        int phase = released.getPhase();
        hanging.incrementAndGet();
        released.awaitAdvance(phase);
        hanging.decrementAndGet();
    }

    private final class Faulty implements HintedBackend {
        private final ByteBuffer bytes = ByteBuffer.allocate(size);

        @Override
        public long size() {
            return size;
        }

        @Override
        public boolean mayBlock() {
            return mayBlock;
        }

        @Override
        public void read(ByteBuffer destination, long offset) throws IOException {
            int length = length(Call.READ, offset, destination.remaining());
            destination.put(bytes.slice((int) offset, length));
            checkWhole(destination.remaining());
        }

        @Override
        public void write(ByteBuffer source, long offset) throws IOException {
            int length = length(Call.WRITE, offset, source.remaining());
            bytes.slice((int) offset, length).put(source.slice(source.position(), length));
            source.position(source.position() + length);
            checkWhole(source.remaining());
        }

        private int length(Call call, long offset, int asked) throws IOException {
            return begin(call, offset) ? asked / 2 : asked;
        }

        private void checkWhole(int left) throws IOException {
            if (left > 0) {
                throw new IOException("the script ends " + left + " bytes too early");
            }
        }

        @Override
        public void writeZeroes(long offset, long length, boolean mayUnmap) throws IOException {
            write(ByteBuffer.allocate((int) length), offset);
        }

        @Override
        public void trim(long offset, long length) throws IOException {
            begin(Call.WRITE, offset);
        }

        @Override
        public void flush() throws IOException {
            begin(Call.FLUSH, 0);
        }

        @Override
        public void check() throws IOException {
            begin(Call.CHECK, 0);
        }

        @Override
        public void close() throws IOException {
            begin(Call.CLOSE, 0);
        }
    }
}
