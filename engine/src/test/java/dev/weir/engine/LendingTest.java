package dev.weir.engine;

import static org.junit.jupiter.api.Assertions.assertEquals;

import dev.weir.block.BlockBackend;
import dev.weir.block.BlockError;
import dev.weir.block.Borrower;
import dev.weir.block.Loan;
import dev.weir.drive.DriveRequest;
import dev.weir.drive.Operation;
import dev.weir.testkit.clock.ManualClock;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;

/** Reads of a backend that lends its memory, all of a range, the first part or none. */
class LendingTest {
    private final List<String> log = new ArrayList<>();
    private boolean lendsAll = true;
    private boolean fails;
    private boolean mayBlock;

    private final class Lender implements BlockBackend {
        @Override
        public long size() {
            return 1 << 20;
        }

        @Override
        public boolean mayBlock() {
            return mayBlock;
        }

        @Override
        public boolean lend(long offset, long length, Borrower borrower) {
            if (fails) {
                throw new IllegalStateException("a backend with a mistake");
            }
            borrower.borrow(new Loan() {
                @Override
                public ByteBuffer bytes() {
                    return ByteBuffer.allocateDirect((int) length);
                }

                @Override
                public void giveBack() {}
            });
            return lendsAll;
        }

        @Override
        public void read(ByteBuffer destination, long offset) {
            log.add("read " + offset);
        }

        @Override
        public boolean readNow(ByteBuffer destination, long offset) {
            return true;
        }

        @Override
        public void write(ByteBuffer source, long offset) {}

        @Override
        public void writeZeroes(long offset, long length, boolean mayUnmap) {}

        @Override
        public void trim(long offset, long length) {}

        @Override
        public void flush() {}

        @Override
        public void close() {}
    }

    private final class Request extends DriveRequest {
        private final boolean borrows;

        Request(boolean borrows) {
            super("guest");
            this.borrows = borrows;
            prepare(Operation.READ, 512, 4096, false, false);
        }

        @Override
        public boolean borrows() {
            return borrows;
        }

        @Override
        public void borrow(Loan loan) {
            log.add("borrow " + loan.bytes().remaining());
        }

        @Override
        public ByteBuffer buffer() {
            log.add("buffer");
            return ByteBuffer.allocate(0);
        }

        @Override
        public void completed(@Nullable BlockError error) {
            log.add(error == null ? "done" : error.name());
        }
    }

    private List<String> execute(boolean borrows) {
        new Storage("vm1", new Lender(), new Statistics(), ManualClock.seeded(1)).execute(new Request(borrows));
        return log;
    }

    @Test
    void whatIsLentIsNotRead() {
        assertEquals(List.of("borrow 4096", "done"), execute(true));
    }

    @Test
    void whatIsNotLentWhollyIsRead() {
        lendsAll = false;
        assertEquals(List.of("borrow 4096", "buffer", "read 512", "done"), execute(true));
    }

    @Test
    void nothingIsLentToWhoDoesNotBorrow() {
        assertEquals(List.of("buffer", "read 512", "done"), execute(false));
    }

    @Test
    void aBackendThatMayBlockIsNotAsked() {
        mayBlock = true;
        assertEquals(List.of("buffer", "done"), execute(true));
    }

    @Test
    void whatFailsToLendFailsItsRequest() {
        fails = true;
        assertEquals(List.of("EIO"), execute(true));
    }
}
