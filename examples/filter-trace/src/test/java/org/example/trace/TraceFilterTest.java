package org.example.trace;

import static org.junit.jupiter.api.Assertions.assertEquals;

import dev.weir.block.BlockError;
import dev.weir.block.BlockRequest;
import dev.weir.block.Operation;
import dev.weir.block.filter.FilterContext;
import dev.weir.testkit.block.SparseDevice;
import dev.weir.testkit.clock.ManualClock;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;

class TraceFilterTest {
    private final ManualClock clock = ManualClock.seeded(1);
    private final SparseDevice storage = new SparseDevice(1 << 20);
    private final List<String> log = new ArrayList<>();

    private void read(TraceFilter filter, long milliseconds) {
        BlockRequest request = new BlockRequest("a client") {
            @Override
            public ByteBuffer buffer() {
                return ByteBuffer.allocate(512);
            }

            @Override
            protected void completed(BlockError error) {
                // the log is looked at
            }
        };
        request.prepare(Operation.READ, 4096, 512);
        filter.submit(request);
        clock.advance(milliseconds * 1_000_000);
        storage.completeNext();
    }

    @Test
    void slowRequestsAreLogged() throws Exception {
        TraceFilter filter = new TraceFilter(new FilterContext("vm1", storage, clock), log::add);
        filter.configure(Map.of("slower-than", 5_000_000L));
        storage.defer();
        read(filter, 5);
        assertEquals(List.of(), log);
        read(filter, 6);
        storage.failWith(BlockError.EIO);
        read(filter, 7);
        assertEquals(
                List.of(
                        "drive vm1: READ of 512 bytes at 4096 took 6 ms",
                        "drive vm1: READ of 512 bytes at 4096 took 7 ms and failed with EIO"),
                log);
    }
}
