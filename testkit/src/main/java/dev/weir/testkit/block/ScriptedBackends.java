package dev.weir.testkit.block;

import dev.weir.block.BlockBackend;
import dev.weir.block.BlockBackendFactory;
import dev.weir.block.BlockError;
import dev.weir.block.BlockException;
import dev.weir.block.BlockOption;
import dev.weir.block.Borrower;
import dev.weir.block.ExtentVisitor;
import dev.weir.block.HintedBackend;
import dev.weir.block.Loan;
import dev.weir.testkit.block.BackendScript.Access;
import dev.weir.testkit.block.BackendScript.Call;
import dev.weir.testkit.block.BackendScript.Fault;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.Phaser;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.ToLongFunction;
import org.jspecify.annotations.Nullable;

/**
 * Fake drives. A script observes each call and decides its fault. Drives up to {@value #LONGEST_STORED} bytes keep
 * their data in memory. Longer ones keep none.
 *
 * <p>Thread-safe. The hints and sizes may be changed at any time. Sizes apply to drives that are opened later.
 */
public final class ScriptedBackends implements BlockBackendFactory {

    /** The size of the longest drive that keeps its data (bytes). */
    public static final int LONGEST_STORED = 16 << 20;

    private final String type;
    private final ToLongFunction<Map<String, Object>> sizes;
    private final BackendScript script;
    private final List<BlockOption> options = new ArrayList<>();
    private final Phaser resumed = new Phaser(1);
    private final AtomicInteger hanging = new AtomicInteger();
    private volatile boolean mayBlock;
    private volatile boolean writesInTurn;
    private volatile boolean zeroesFast;
    private volatile boolean readsNow;
    private volatile boolean writesNow;
    private volatile @Nullable Boolean lendsAll;

    /**
     * Creates drives of one size that never block and keep no loans.
     *
     * @param type the type of the backend
     * @param size the size of each drive (bytes)
     * @param script decides the faults
     */
    public ScriptedBackends(String type, long size, BackendScript script) {
        this(type, ofItsOptions -> size, script);
    }

    /**
     * Creates drives that never block and keep no loans.
     *
     * @param type the type of the backend
     * @param sizes the size of a drive (bytes) by its options
     * @param script decides the faults
     */
    public ScriptedBackends(String type, ToLongFunction<Map<String, Object>> sizes, BackendScript script) {
        this.type = type;
        this.sizes = sizes;
        this.script = script;
    }

    /**
     * Adds an option that the drives take and ignore.
     *
     * @param name the name of a path
     * @return this
     */
    public ScriptedBackends option(String name) {
        options.add(new BlockOption(name, BlockOption.Kind.PATH, false, "a path"));
        return this;
    }

    /**
     * Sets the answer of {@link HintedBackend#mayBlock}.
     *
     * @param newMayBlock the answer
     * @return this
     */
    public ScriptedBackends mayBlock(boolean newMayBlock) {
        mayBlock = newMayBlock;
        return this;
    }

    /**
     * Sets the answer of {@link HintedBackend#writesInTurn}.
     *
     * @param newWritesInTurn the answer
     */
    public void writesInTurn(boolean newWritesInTurn) {
        writesInTurn = newWritesInTurn;
    }

    /**
     * Sets whether the drives zero a range fast that may be unmapped.
     *
     * @param newZeroesFast the answer
     */
    public void zeroesFast(boolean newZeroesFast) {
        zeroesFast = newZeroesFast;
    }

    /**
     * Sets whether {@link HintedBackend#readNow} reads.
     *
     * @param newReadsNow the answer
     */
    public void readsNow(boolean newReadsNow) {
        readsNow = newReadsNow;
    }

    /**
     * Sets whether {@link HintedBackend#writeNow} writes.
     *
     * @param newWritesNow the answer
     */
    public void writesNow(boolean newWritesNow) {
        writesNow = newWritesNow;
    }

    /**
     * Makes the drives lend one buffer of zeroes for a range.
     *
     * @param all whether the loan counts as the whole range
     */
    public void lends(boolean all) {
        lendsAll = all;
    }

    /** Lets all calls go on that hang now. Later calls may hang again. */
    public void resume() {
        resumed.arrive();
    }

    /** {@return the number of hanging calls} */
    public int hanging() {
        return hanging.get();
    }

    @Override
    public String type() {
        return type;
    }

    @Override
    public List<BlockOption> options() {
        return List.copyOf(options);
    }

    @Override
    public BlockBackend open(String drive, Map<String, Object> driveOptions, boolean readOnly) throws IOException {
        Scripted opened = new Scripted(drive, sizes.applyAsLong(driveOptions));
        opened.begin(Call.OPEN, 0);
        return opened;
    }

    private void hang() {
        int phase = resumed.getPhase();
        hanging.incrementAndGet();
        resumed.awaitAdvance(phase);
        hanging.decrementAndGet();
    }

    private static final class ZeroLoan implements Loan {
        private final ByteBuffer bytes;

        ZeroLoan(long length) {
            bytes = ByteBuffer.allocateDirect((int) length);
        }

        @Override
        public ByteBuffer bytes() {
            return bytes;
        }

        @Override
        public void giveBack() {}
    }

    private final class Scripted implements HintedBackend {
        private final String drive;
        private final long size;
        private final @Nullable ByteBuffer data;

        Scripted(String drive, long size) {
            this.drive = drive;
            this.size = size;
            data = size <= LONGEST_STORED ? ByteBuffer.allocate((int) size) : null;
        }

        /** Injects the fault and returns it. */
        private Fault begin(Call call, long offset) throws IOException {
            Fault fault = script.fault(new Access(call, drive, size, offset));
            switch (fault) {
                case FAIL -> throw new IOException("the script fails " + call + " at " + offset);
                case FULL -> throw new BlockException(BlockError.ENOSPC, "the script leaves no room");
                case THROW -> throw new IllegalStateException("the script throws at " + offset);
                case HANG -> hang();
                case NONE, SHORT, HALF -> {}
            }
            return fault;
        }

        @Override
        public long size() {
            return size;
        }

        @Override
        public boolean mayBlock() {
            return mayBlock;
        }

        @Override
        public boolean writesInTurn() {
            return writesInTurn;
        }

        @Override
        public boolean zeroesFast(boolean mayUnmap) {
            return zeroesFast && mayUnmap;
        }

        @Override
        public void read(ByteBuffer destination, long offset) throws IOException {
            Fault fault = begin(Call.READ, offset);
            int length = length(fault, destination.remaining());
            put(destination, offset, length);
            checkWhole(fault, destination.remaining());
        }

        @Override
        public boolean readNow(ByteBuffer destination, long offset) {
            if (readsNow) {
                quietly(Call.READ_NOW, offset);
                put(destination, offset, destination.remaining());
            }
            return readsNow;
        }

        /** Reads data. A drive without data uses the buffer up and leaves its bytes. */
        private void put(ByteBuffer destination, long offset, int length) {
            if (data == null) {
                destination.position(destination.position() + length);
            } else {
                destination.put(data.slice((int) offset, length));
            }
        }

        @Override
        public boolean lend(long offset, long length, Borrower borrower) {
            Boolean all = lendsAll;
            if (all == null) {
                return false;
            }
            quietly(Call.LEND, offset);
            borrower.borrow(new ZeroLoan(length));
            return all;
        }

        private void quietly(Call call, long offset) {
            try {
                begin(call, offset);
            } catch (IOException e) {
                throw new IllegalStateException(e);
            }
        }

        @Override
        public void write(ByteBuffer source, long offset) throws IOException {
            write(Call.WRITE, source, offset);
        }

        @Override
        public boolean writeNow(ByteBuffer source, long offset) {
            if (writesNow) {
                try {
                    write(Call.WRITE_NOW, source, offset);
                } catch (IOException e) {
                    throw new IllegalStateException(e);
                }
            }
            return writesNow;
        }

        private void write(Call call, ByteBuffer source, long offset) throws IOException {
            Fault fault = begin(call, offset);
            int length = length(fault, source.remaining());
            if (data != null) {
                data.slice((int) offset, length).put(source.slice(source.position(), length));
            }
            source.position(source.position() + length);
            checkWhole(fault, source.remaining());
        }

        private static int length(Fault fault, int asked) {
            return fault == Fault.SHORT || fault == Fault.HALF ? asked / 2 : asked;
        }

        private static void checkWhole(Fault fault, int left) throws IOException {
            if (fault == Fault.SHORT && left > 0) {
                throw new IOException("the script ends " + left + " bytes too early");
            }
        }

        @Override
        public void writeZeroes(long offset, long length, boolean mayUnmap) throws IOException {
            write(Call.WRITE_ZEROES, ByteBuffer.allocate(data == null ? 0 : (int) length), offset);
        }

        @Override
        public void trim(long offset, long length) throws IOException {
            begin(Call.TRIM, offset);
        }

        @Override
        public void cache(long offset, long length) throws IOException {
            begin(Call.CACHE, offset);
        }

        /** Reports data. A drive without data has a hole in the last byte of every range. */
        @Override
        public void blockStatus(long offset, long length, ExtentVisitor visitor) throws IOException {
            begin(Call.BLOCK_STATUS, offset);
            int hole = data == null ? 1 : 0;
            if (length > hole) {
                visitor.extent(length - hole, false);
            }
            if (hole > 0) {
                visitor.extent(hole, true);
            }
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
