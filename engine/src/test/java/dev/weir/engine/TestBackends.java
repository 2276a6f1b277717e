package dev.weir.engine;

import dev.weir.block.BlockBackend;
import dev.weir.block.BlockBackendFactory;
import dev.weir.block.BlockOption;
import dev.weir.block.Borrower;
import dev.weir.block.ExtentVisitor;
import dev.weir.block.HintedBackend;
import dev.weir.block.Loan;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** Backends without data that record their calls as {@code read 4096}. */
final class TestBackends implements BlockBackendFactory {
    static final long SIZE = 1L << 40;

    final List<String> log = new ArrayList<>();
    String failure = "";

    /** The number of attempts to open a backend. */
    int tries;

    @Nullable
    Error error;

    boolean mayBlock;
    boolean readsNow;
    boolean lends;

    /** Whether a loan covers the whole range. */
    boolean lendsAll = true;

    boolean writesInTurn;
    boolean zeroesFast;

    @Override
    public String type() {
        return "test";
    }

    @Override
    public List<BlockOption> options() {
        return List.of(new BlockOption("path", BlockOption.Kind.PATH, false, "the image"));
    }

    @Override
    public BlockBackend open(String drive, Map<String, Object> options, boolean readOnly) throws IOException {
        tries++;
        failIfAsked();
        log.add("open " + drive);
        return new HintedBackend() {
            @Override
            public long size() {
                return SIZE;
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
            public void read(ByteBuffer destination, long offset) throws IOException {
                note("read " + offset);
            }

            @Override
            public boolean readNow(ByteBuffer destination, long offset) {
                if (readsNow) {
                    log.add("read-now " + offset);
                }
                return readsNow;
            }

            @Override
            public boolean lend(long offset, long length, Borrower borrower) {
                if (!lends) {
                    return false;
                }
                throwIfAsked();
                borrower.borrow(loan((int) length));
                return lendsAll;
            }

            @Override
            public void write(ByteBuffer source, long offset) throws IOException {
                note("write " + offset);
            }

            @Override
            public void writeZeroes(long offset, long length, boolean mayUnmap) throws IOException {
                note("write-zeroes " + offset);
            }

            @Override
            public boolean zeroesFast(boolean mayUnmap) {
                return zeroesFast && mayUnmap;
            }

            @Override
            public void trim(long offset, long length) throws IOException {
                note("trim " + offset);
            }

            @Override
            public void blockStatus(long offset, long length, ExtentVisitor visitor) throws IOException {
                note("block-status " + offset);
                visitor.extent(length - 1, false);
                visitor.extent(1, true);
            }

            @Override
            public void cache(long offset, long length) throws IOException {
                note("cache " + offset);
            }

            @Override
            public void flush() throws IOException {
                note("flush");
            }

            @Override
            public void close() {
                log.add("close " + drive);
            }
        };
    }

    private static Loan loan(int length) {
        ByteBuffer bytes = ByteBuffer.allocateDirect(length);
        return new Loan() {
            @Override
            public ByteBuffer bytes() {
                return bytes;
            }

            @Override
            public void giveBack() {}
        };
    }

    private void note(String what) throws IOException {
        failIfAsked();
        log.add(what);
    }

    private void throwIfAsked() {
        if (error != null) {
            throw error;
        }
    }

    private void failIfAsked() throws IOException {
        throwIfAsked();
        if (!failure.isEmpty()) {
            throw new IOException(failure);
        }
    }
}
