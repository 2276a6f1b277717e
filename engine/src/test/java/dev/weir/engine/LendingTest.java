package dev.weir.engine;

import static org.junit.jupiter.api.Assertions.assertEquals;

import dev.weir.block.BlockBackend;
import dev.weir.block.BlockError;
import dev.weir.block.BlockRequest;
import dev.weir.block.Loan;
import dev.weir.block.Operation;
import dev.weir.engine.storage.BackendDevice;
import dev.weir.testkit.block.ScriptedBackends;
import dev.weir.testkit.clock.ManualClock;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;

/** Reads of a backend that lends a whole range, its first part or nothing. */
class LendingTest {
    private final RecordingScript script = new RecordingScript();
    private final ScriptedBackends backends = new ScriptedBackends("test", EngineFixture.SIZE, script);
    private final BlockBackend backend;

    LendingTest() throws IOException {
        backend = backends.open("vm1", Map.of(), false);
        script.log.clear();
        backends.lends(true);
    }

    private final class Request extends BlockRequest {
        private final boolean borrows;

        Request(boolean borrows) {
            super("guest");
            this.borrows = borrows;
            prepare(Operation.READ, 512, 4096);
        }

        @Override
        public boolean borrows() {
            return borrows;
        }

        @Override
        public void borrow(Loan loan) {
            script.log.add("borrow " + loan.bytes().remaining());
        }

        @Override
        public ByteBuffer buffer() {
            script.log.add("buffer");
            return ByteBuffer.allocate(0);
        }

        @Override
        protected void completed(@Nullable BlockError error) {
            script.log.add(error == null ? "done" : error.name());
        }
    }

    private List<String> execute(boolean borrows) {
        new BackendDevice("vm1", backend, ManualClock.seeded(1)).submit(new Request(borrows));
        return script.log;
    }

    @Test
    void lentRangeIsNotRead() {
        assertEquals(List.of("borrow 4096", "done"), execute(true));
    }

    @Test
    void partlyLentRangeIsRead() {
        backends.lends(false);
        assertEquals(List.of("borrow 4096", "buffer", "read 512", "done"), execute(true));
    }

    @Test
    void nonBorrowersGetNoLoan() {
        assertEquals(List.of("buffer", "read 512", "done"), execute(false));
    }

    @Test
    void blockingBackendIsNotAsked() {
        backends.mayBlock(true);
        backends.readsNow(true);
        assertEquals(List.of("buffer", "read-now 512", "done"), execute(true));
    }

    @Test
    void failedLoanFailsItsRequest() {
        script.error = new AssertionError("a backend with a mistake");
        assertEquals(List.of("EIO"), execute(true));
    }
}
