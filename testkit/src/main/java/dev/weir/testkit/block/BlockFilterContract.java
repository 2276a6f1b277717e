package dev.weir.testkit.block;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.weir.block.BlockDevice;
import dev.weir.block.BlockError;
import dev.weir.block.BlockRequest;
import dev.weir.block.Operation;
import dev.weir.block.filter.BlockFilter;
import dev.weir.block.filter.BlockFilterFactory;
import dev.weir.block.filter.FilterContext;
import dev.weir.testkit.clock.ManualClock;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ThreadLocalRandom;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;

/**
 * Tests for the contract of {@link BlockFilter}: all tests of {@link BlockDeviceContract} through the filter, and
 * those of its life in a chain. To test a filter, extend this class, implement {@link #factory} and {@link #options}
 * and run it with JUnit 5.
 */
public abstract class BlockFilterContract extends BlockDeviceContract {
    private static final int REQUESTS = 3 * Operation.values().length;
    private static final int LENGTH = 512;
    private static final int MOST_TIMERS = 10_000;

    private final ManualClock clock =
            ManualClock.seeded(ThreadLocalRandom.current().nextLong());

    /** {@return the factory of the filter} */
    protected abstract BlockFilterFactory factory();

    /** {@return options with which the filter neither fails a request nor changes data} */
    protected abstract Map<String, Object> options();

    /** {@return options that the filter refuses; null if it takes all} */
    protected @Nullable Map<String, Object> badOptions() {
        return null;
    }

    /** {@return the operations that the filter passes on; all, unless it answers some from a record of its own} */
    protected List<Operation> passedOn() {
        return List.of(Operation.values());
    }

    @Override
    protected BlockDevice openDevice(long size) throws IOException {
        return open(new SparseDevice(size));
    }

    /** The size of a filter follows that of the next device. */
    @Override
    protected boolean resizes() {
        return true;
    }

    private BlockFilter open(BlockDevice next) throws IOException {
        return factory().open(new FilterContext("test", next, clock), options());
    }

    /**
     * Advances the clock until no timer is armed. Requests of several threads may share a timer, which is armed again
     * while it fires.
     */
    @Override
    protected void goOn() {
        for (int fired = 0; fired < MOST_TIMERS && clock.advanceToNextTimer(); fired++) {
            // a fired timer may arm another one
        }
    }

    private static final class Sent extends BlockRequest {
        private final ByteBuffer buffer = ByteBuffer.allocateDirect(LENGTH);
        private int completions;
        private @Nullable BlockError error;

        Sent(Operation operation, long offset) {
            super("a contract test");
            boolean isFlush = operation == Operation.FLUSH;
            prepare(operation, isFlush ? 0 : offset, isFlush ? 0 : LENGTH);
            mayUnmap(operation == Operation.FAST_ZERO);
        }

        @Override
        public ByteBuffer buffer() {
            return buffer;
        }

        @Override
        protected void completed(@Nullable BlockError newError) {
            completions++;
            error = newError;
        }
    }

    /** Submits requests of every operation that the filter passes on, in turn. */
    private List<Sent> submitTo(BlockFilter filter) {
        List<Operation> operations = passedOn();
        List<Sent> all = new ArrayList<>();
        for (int i = 0; i < REQUESTS; i++) {
            all.add(new Sent(operations.get(i % operations.size()), (long) i * LENGTH));
            filter.submit(all.get(i));
        }
        return all;
    }

    private static String name(BlockRequest request) {
        return request.operation() + " " + request.offset() + "+" + request.length();
    }

    @Test
    @DisplayName("a release passes on every held request in order, and nothing is held until new options come")
    void releasePassesEverythingOn() throws IOException {
        List<String> reached = new ArrayList<>();
        SparseDevice storage = new SparseDevice(SIZE);
        BlockFilter filter = open(new ObservedDevice(storage, request -> reached.add(name(request))));
        List<Sent> requests = submitTo(filter);
        List<String> held =
                new ArrayList<>(requests.stream().map(BlockFilterContract::name).toList());
        List<String> expected = new ArrayList<>(reached);
        reached.forEach(held::remove);
        expected.addAll(held);
        filter.release();
        requests.addAll(submitTo(filter));
        requests.subList(REQUESTS, 2 * REQUESTS).forEach(request -> expected.add(name(request)));
        assertEquals(List.of(), filter.held());
        assertEquals(expected, reached);
        assertTrue(requests.stream().allMatch(request -> request.completions == 1), "requests are lost or repeated");
        filter.configure(options());
        filter.close();
    }

    @Test
    @DisplayName("requests complete once also if the storage answers late, after other options, or with an error")
    void lateAnswersAndErrorsReachTheClient() throws IOException {
        SparseDevice storage = new SparseDevice(SIZE);
        storage.defer();
        BlockFilter filter = open(storage);
        List<Sent> requests = submitTo(filter);
        filter.configure(options());
        filter.release();
        assertEquals(
                0, requests.stream().filter(request -> request.completions > 0).count());
        storage.completeNext();
        storage.failWith(BlockError.ENOSPC);
        while (storage.completeNext()) {
            filter.configure(options());
        }
        while (clock.advanceToNextTimer()) {
            // a filter may hold completions too
        }
        assertTrue(requests.stream().allMatch(request -> request.completions == 1), "requests are lost or repeated");
        assertEquals(
                REQUESTS - 1,
                requests.stream()
                        .filter(request -> request.error == BlockError.ENOSPC)
                        .count());
        filter.close();
    }

    @Test
    @DisplayName("an exception of the next device reaches the caller or ends the request, not both")
    void exceptionOfTheNextDeviceEndsTheRequestOnce() throws IOException {
        boolean[] isBroken = {true};
        BlockFilter filter = open(new ObservedDevice(new SparseDevice(SIZE), request -> {
            if (isBroken[0]) {
                throw new IllegalStateException("a test whose device throws");
            }
        }));
        Sent read = new Sent(Operation.READ, 0);
        boolean isThrown = false;
        try {
            filter.submit(read);
            filter.release();
        } catch (IllegalStateException e) {
            isThrown = true;
        }
        isBroken[0] = false;
        List<Sent> later = submitTo(filter);
        filter.release();
        while (clock.advanceToNextTimer()) {
            // a filter may hold completions too
        }
        assertEquals(isThrown ? 0 : 1, read.completions, "completions of a request on which the next device threw");
        assertTrue(isThrown || read.error != null, "a request on which the next device threw succeeds");
        assertTrue(later.stream().allMatch(each -> each.completions == 1 && each.error == null));
        filter.close();
    }

    @Test
    @DisplayName("refused options change nothing")
    void refusedOptionsChangeNothing() throws IOException {
        Map<String, Object> bad = badOptions();
        if (bad == null) {
            return;
        }
        assertThrows(
                IOException.class, () -> factory().open(new FilterContext("test", new SparseDevice(SIZE), clock), bad));
        BlockFilter filter = open(new SparseDevice(SIZE));
        assertThrows(IOException.class, () -> filter.configure(bad));
        List<Sent> requests = submitTo(filter);
        while (clock.advanceToNextTimer()) {
            // the requests go on as with the options before
        }
        assertTrue(requests.stream().allMatch(request -> request.completions == 1 && request.error == null));
        filter.close();
    }
}
