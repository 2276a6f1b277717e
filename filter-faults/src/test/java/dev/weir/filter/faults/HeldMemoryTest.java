package dev.weir.filter.faults;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.sun.management.ThreadMXBean;
import dev.weir.block.Operation;
import java.lang.management.ManagementFactory;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;

class HeldMemoryTest {
    private static final int REQUESTS = 10_000;
    private static final long MOST_BYTES = 64L << 20;

    @Test
    void tenThousandHeldRequestsTakeLittleMemoryAndNoThread() {
        Fixture fixture = new Fixture(
                "slow on=flush latency.median=1s latency.sigma=1", "stall on=flush hang=until-cleared percent=50");
        ThreadMXBean threads = (ThreadMXBean) ManagementFactory.getThreadMXBean();
        int before = threads.getThreadCount();
        List<Fixture.Request> requests = new ArrayList<>();
        for (int i = 0; i < REQUESTS; i++) {
            requests.add(fixture.new Request(Operation.FLUSH, 0, new byte[0]));
        }
        long start = threads.getCurrentThreadAllocatedBytes();
        requests.forEach(fixture.filter::submit);
        long bytes = threads.getCurrentThreadAllocatedBytes() - start;
        assertEquals(REQUESTS, fixture.filter.held().size());
        assertTrue(bytes < MOST_BYTES, "10,000 held requests took " + bytes + " bytes");
        assertTrue(threads.getThreadCount() <= before + 1, "threads were started");
        System.out.println("10,000 held requests: " + bytes + " bytes");
    }
}
