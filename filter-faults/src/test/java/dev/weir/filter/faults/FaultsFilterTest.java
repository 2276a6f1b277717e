package dev.weir.filter.faults;

import static dev.weir.filter.faults.Fixture.MILLI;
import static dev.weir.filter.faults.Fixture.SECOND;
import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.weir.block.BlockError;
import dev.weir.block.HeldRequest;
import dev.weir.block.Operation;
import dev.weir.fault.FaultState;
import dev.weir.testkit.clock.ManualClock;
import java.io.IOException;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.BitSet;
import java.util.List;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;

class FaultsFilterTest {
    private Fixture fixture = new Fixture();

    private Fixture with(String... faults) {
        fixture = new Fixture(faults);
        return fixture;
    }

    private FaultState state(int place) {
        return fixture.filter.faults().get(place);
    }

    /** Returns the numbers of the writes that fail, among many of 512 bytes. */
    private List<Integer> failed(int writes) {
        return IntStream.range(0, writes)
                .filter(i ->
                        fixture.submit(Operation.WRITE, i % 100 * 512L, 512).error() != null)
                .boxed()
                .toList();
    }

    @Test
    void latencyDelaysItsOperationsOnly() {
        with("slow on=flush latency=3ms");
        Fixture.Request flush = fixture.flush();
        assertNull(fixture.submit(Operation.WRITE, 0, 512).error());
        fixture.clock.advance(3 * MILLI - 1);
        assertFalse(flush.isDone());
        assertEquals(List.of("write 0"), fixture.reached);
        fixture.clock.advance(1);
        assertNull(flush.error());
        assertEquals(List.of("write 0", "flush 0"), fixture.reached);
    }

    @Test
    void requestDueAtTheLastMomentGoesOn() {
        fixture = new Fixture(new ManualClock(Long.MAX_VALUE - 1_000), "slow on=flush latency=1us");
        Fixture.Request flush = fixture.flush();
        fixture.clock.advance(1_001);
        assertNull(flush.error());
        fixture = new Fixture(new ManualClock(Long.MAX_VALUE - 1_000), "stall on=flush hang=1us");
        flush = fixture.flush();
        fixture.clock.advance(1_001);
        assertNull(flush.error());
    }

    @Test
    void latencyAfterTheBackendDelaysTheReply() {
        with("slow on=write latency=3ms when=after");
        Fixture.Request write = fixture.submit(Operation.WRITE, 0, 512);
        assertEquals(List.of("write 0"), fixture.reached);
        assertFalse(write.isDone());
        fixture.clock.advance(3 * MILLI);
        assertEquals(3 * MILLI, write.nanos());
    }

    @Test
    void latenciesAddUpAndHeldRequestsTellWhy() {
        with("a on=read latency=2ms", "b on=read latency=5ms");
        fixture.submit(Operation.READ, 4096, 512);
        fixture.clock.advance(MILLI);
        HeldRequest held = fixture.filter.held().get(0);
        assertEquals("a, b", held.reason());
        assertEquals(6 * MILLI, held.dueNanos() - fixture.clock.nanoTime());
        assertEquals(List.of(1, 1), List.of(state(0).holding(), state(1).holding()));
    }

    @Test
    void errorComesWithoutTheBackendOrAfterIt() {
        with("before on=write error=ENOSPC", "after on=trim error=EIO when=after");
        assertEquals(BlockError.ENOSPC, fixture.submit(Operation.WRITE, 0, 512).error());
        assertEquals(BlockError.EIO, fixture.submit(Operation.TRIM, 512, 512).error());
        assertEquals(List.of("trim 512"), fixture.reached);
        assertEquals(List.of(1L, 1L), List.of(state(0).requests(), state(1).requests()));
    }

    @Test
    void firstErrorInTheWrittenOrderCounts() {
        with("a on=write error=EPERM", "b on=write error=EIO");
        assertEquals(BlockError.EPERM, fixture.submit(Operation.WRITE, 0, 512).error());
    }

    @Test
    void sameSeedHitsTheSameRequests() {
        with("flaky on=write error=EIO percent=10 seed=5");
        List<Integer> first = failed(1_000);
        with("flaky on=write error=EIO percent=10 seed=5");
        assertEquals(first, failed(1_000));
        with("flaky on=write error=EIO percent=10 seed=6");
        assertNotEquals(first, failed(1_000));
        assertTrue(first.size() > 60 && first.size() < 150, "10 % of 1,000 are not " + first.size());
    }

    @Test
    void faultWithoutASeedShowsTheRandomOne() {
        with("flaky on=write error=EIO percent=50");
        List<Integer> first = failed(100);
        assertEquals(7, state(0).fault().seed());
        with("flaky on=write error=EIO percent=50 seed=7");
        assertEquals(first, failed(100));
    }

    @Test
    void nthHitsOneMatchingRequest() {
        with("third on=write error=EIO nth=3");
        assertEquals(List.of(2), failed(10));
    }

    @Test
    void rangeHitsRequestsThatTouchIt() {
        with("bad on=read range=4KiB+512 error=EIO");
        assertNull(fixture.submit(Operation.READ, 0, 4096).error());
        assertEquals(BlockError.EIO, fixture.submit(Operation.READ, 0, 4097).error());
        assertEquals(BlockError.EIO, fixture.submit(Operation.READ, 4607, 1).error());
        assertNull(fixture.submit(Operation.READ, 4608, 512).error());
    }

    @Test
    void writeRepairsTheSectorsThatItCovers() {
        with("bad on=read range=4KiB+1KiB error=EIO until=written");
        fixture.submit(Operation.WRITE, 4096, 511);
        assertEquals(BlockError.EIO, fixture.submit(Operation.READ, 4096, 1).error());
        fixture.submit(Operation.WRITE, 4000, 700);
        assertNull(fixture.submit(Operation.READ, 4096, 512).error());
        assertEquals(BlockError.EIO, fixture.submit(Operation.READ, 4608, 512).error());
        fixture.submit(Operation.WRITE_ZEROES, 4608, 512);
        assertNull(fixture.submit(Operation.READ, 4096, 1024).error());
    }

    @Test
    void failedWriteRepairsNothing() {
        with("bad on=read range=0+512 error=EIO until=written");
        fixture.storage.failWith(BlockError.EIO);
        fixture.submit(Operation.WRITE, 0, 512);
        fixture.storage.failWith(null);
        assertEquals(BlockError.EIO, fixture.submit(Operation.READ, 0, 512).error());
    }

    @Test
    void hangEndsWithItsWindowAndRepeats() {
        with("stall on=read hang=5s every=60s");
        Fixture.Request first = fixture.submit(Operation.READ, 0, 512);
        fixture.clock.advance(2 * SECOND);
        Fixture.Request second = fixture.submit(Operation.READ, 0, 512);
        fixture.clock.advance(3 * SECOND);
        assertEquals(List.of(5 * SECOND, 3 * SECOND), List.of(first.nanos(), second.nanos()));
        assertTrue(fixture.submit(Operation.READ, 0, 512).isDone());
        fixture.clock.advance(56 * SECOND);
        Fixture.Request third = fixture.submit(Operation.READ, 0, 512);
        assertFalse(third.isDone());
        fixture.clock.advance(4 * SECOND);
        assertEquals(4 * SECOND, third.nanos());
    }

    @Test
    void hangLastsUntilItIsCleared() {
        with("stall on=write,flush hang=until-cleared");
        Fixture.Request write = fixture.submit(Operation.WRITE, 0, 512);
        Fixture.Request flush = fixture.flush();
        fixture.clock.advance(10_000 * SECOND);
        assertFalse(write.isDone() || flush.isDone());
        assertEquals(HeldRequest.UNKNOWN, fixture.filter.held().get(0).dueNanos());
        fixture.set();
        assertTrue(write.isDone() && flush.isDone());
        assertEquals(List.of("write 0", "flush 0"), fixture.reached);
    }

    @Test
    void clearedFaultLeavesTheOthersInForce() {
        with("a on=write latency=1h", "b on=write latency=4ms");
        Fixture.Request write = fixture.submit(Operation.WRITE, 0, 512);
        fixture.clock.advance(MILLI);
        fixture.set("b on=write latency=4ms");
        fixture.clock.advance(3 * MILLI);
        assertEquals(4 * MILLI, write.nanos());
    }

    @Test
    void equalFaultKeepsItsCountersThroughAChange() {
        with("third on=write error=EIO nth=3");
        failed(2);
        fixture.set("third on=write error=EIO nth=3", "slow on=read latency=1ms");
        assertEquals(List.of(0), failed(5));
    }

    @Test
    void faultEndsByItself() {
        with("burst on=write error=EIO for=30s");
        assertEquals(List.of(0, 1), failed(2));
        fixture.clock.advance(30 * SECOND - 1);
        assertEquals(List.of(0), failed(1));
        fixture.clock.advance(1);
        assertEquals(List.of(), failed(2));
        assertFalse(state(0).active());
    }

    @Test
    void scheduleBeginsAndEndsAFault() {
        with("pattern on=write error=EIO schedule=1s+1s,5s+2s every=10s");
        List<Integer> seconds = new ArrayList<>();
        for (int second = 0; second < 20; second++) {
            if (!failed(1).isEmpty()) {
                seconds.add(second);
            }
            fixture.clock.advance(SECOND);
        }
        assertEquals(List.of(1, 5, 6, 11, 15, 16), seconds);
    }

    @Test
    void beginAndEndAreLogged() throws IOException {
        with("burst on=write error=EIO for=30s seed=1");
        failed(3);
        fixture.clock.advance(30 * SECOND);
        fixture.set("other on=read latency=1ms seed=1");
        fixture.filter.close();
        assertEquals(
                List.of(
                        "drive vm1: fault burst begins: error=EIO for=30s on=write seed=1",
                        "drive vm1: fault burst ends; it has hit 3 requests",
                        "drive vm1: fault other begins: latency=1ms on=read seed=1",
                        "drive vm1: fault other ends; it has hit 0 requests"),
                fixture.log);
    }

    @Test
    void corruptionIsTheSameAtEachRead() {
        with("rot on=read corrupt=3 percent=50 seed=9");
        byte[] all = fixture.read(0, 64 << 10);
        int[] flipped = IntStream.range(0, 128)
                .map(sector -> BitSet.valueOf(Arrays.copyOfRange(all, sector * 512, sector * 512 + 512))
                        .cardinality())
                .toArray();
        assertTrue(Arrays.stream(flipped).allMatch(bits -> bits == 0 || bits == 3), Arrays.toString(flipped));
        long bad = Arrays.stream(flipped).filter(bits -> bits == 3).count();
        assertTrue(bad > 40 && bad < 90, "50 % of 128 sectors are not " + bad);
        assertArrayEquals(Arrays.copyOfRange(all, 700, 3_000), fixture.read(700, 2_300));
        assertArrayEquals(new byte[4096], readOfStorage());
    }

    private byte[] readOfStorage() {
        Fixture.Request direct = fixture.new Request(Operation.READ, 0, new byte[4096]);
        fixture.storage.submit(direct);
        return direct.data;
    }

    @Test
    void corruptionThatIsNotStickyChanges() {
        with("noise on=read corrupt=1 sticky=false seed=9");
        assertFalse(Arrays.equals(fixture.read(0, 4096), fixture.read(0, 4096)));
    }

    @Test
    void writeRepairsCorruption() {
        with("rot on=read corrupt=1 range=512+512 until=written");
        assertEquals(1, BitSet.valueOf(fixture.read(0, 2048)).cardinality());
        fixture.submit(Operation.WRITE, 512, 512);
        assertArrayEquals(new byte[2048], fixture.read(0, 2048));
    }

    @Test
    void requestsWithoutAnActiveFaultPassAsTheyAre() {
        with("slow on=flush latency=1s", "later on=read error=EIO schedule=1s+1s");
        Fixture.Request read = fixture.submit(Operation.READ, 0, 512);
        assertTrue(read.isDone());
        assertEquals(0, state(1).requests());
        assertEquals(SECOND, state(1).changesInNanos());
    }
}
