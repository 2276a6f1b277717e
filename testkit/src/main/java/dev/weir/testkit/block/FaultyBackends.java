package dev.weir.testkit.block;

import dev.weir.block.BackendOption;
import dev.weir.block.BlockBackend;
import dev.weir.block.BlockBackendFactory;
import dev.weir.block.BlockError;
import dev.weir.block.BlockException;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.concurrent.Phaser;
import java.util.concurrent.atomic.AtomicInteger;

/**
 * Drives in memory, of the type {@code faulty}, that go wrong as a script says. What hangs goes on when it is
 * {@linkplain #release() released}, as if nothing had been.
 *
 * <p>Thread-safe.
 */
public final class FaultyBackends implements BlockBackendFactory {

    /** What is done to a backend. */
    public enum Call {
        /** It is opened. */
        OPEN,
        /** It is read. */
        READ,
        /** It is written, zeroed or trimmed. */
        WRITE,
        /** It is flushed. */
        FLUSH,
        /** It is closed. */
        CLOSE,
        /** It is checked. */
        CHECK
    }

    /** How a call goes wrong. */
    public enum Fault {
        /** Not at all. */
        NONE,
        /** The storage fails, and nothing was done. */
        FAIL,
        /** The first half is done, then the storage fails. */
        SHORT,
        /** There is no room left. */
        FULL,
        /** It throws what no backend should. */
        THROW,
        /** It does not return until it is released. */
        HANG
    }

    /** Says how each call goes wrong. Called on any thread, more than one at a time. */
    @FunctionalInterface
    public interface Script {
        /** Returns what goes wrong with this call. */
        Fault fault(Call call, long offset);

        /**
         * Returns a script that chooses at random, by the offset and nothing else, so that the order of calls does
         * not matter. Opening, closing and checking go well.
         *
         * @param percent how many calls go wrong
         * @param faults from which it chooses
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
     * Makes drives of {@code size} bytes.
     *
     * @param mayBlock as in {@link BlockBackend#mayBlock}
     */
    public FaultyBackends(int size, boolean mayBlock, Script script) {
        this.size = size;
        this.mayBlock = mayBlock;
        this.script = script;
    }

    /** Lets everything go on that hangs now; what comes later hangs again. */
    public void release() {
        released.arrive();
    }

    /** Returns how many calls hang. */
    public int hanging() {
        return hanging.get();
    }

    @Override
    public String type() {
        return "faulty";
    }

    @Override
    public List<BackendOption> options() {
        return List.of();
    }

    @Override
    public BlockBackend open(String drive, Map<String, Object> options, boolean readOnly) throws IOException {
        begin(Call.OPEN, 0);
        return new Faulty();
    }

    /** Goes wrong, or returns whether only half is to be done. */
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

    private final class Faulty implements BlockBackend {
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
