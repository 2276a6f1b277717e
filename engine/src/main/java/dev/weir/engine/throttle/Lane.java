package dev.weir.engine.throttle;

import dev.weir.block.BlockRequest;
import dev.weir.block.Direction;
import java.util.ArrayList;
import java.util.List;
import java.util.function.Predicate;
import org.jspecify.annotations.Nullable;

/**
 * The first-in first-out queue of one drive in one direction.
 *
 * <p>Guarded by the lock of the {@link ThrottleDomain}.
 */
public final class Lane {
    private static final int INITIAL_CAPACITY = 8;

    /** The columns of {@link #numbers}. */
    private static final int COLUMNS = 3;

    private static final int COST = 0;
    private static final int ARRIVAL = 1;
    private static final int ID = 2;

    private static final long[] NONE = {};
    private static final @Nullable BlockRequest[] NO_REQUESTS = {};

    final BlockQueue queue;
    final Direction direction;

    /** The start tag: the service received of the limits that both lanes share. */
    long served;

    /** Ring buffer with a power of two as its size. Empty until first used because most drives never queue. */
    private @Nullable BlockRequest[] requests = NO_REQUESTS;

    /** Cost, arrival and id of each request, side by side: a drive that waits long is in no cache of the processor. */
    private long[] numbers = NONE;

    private int head;
    private int size;

    /** Cost and arrival of the head, which every choice of the next request reads. Meaningless while empty. */
    private long headCost;

    private long headArrival;

    Lane(BlockQueue queue, Direction direction) {
        this.queue = queue;
        this.direction = direction;
    }

    boolean isEmpty() {
        return size == 0;
    }

    public int size() {
        return size;
    }

    void add(BlockRequest request, long cost, long id, long now) {
        if (size == requests.length) {
            grow();
        }
        int tail = index(size);
        requests[tail] = request;
        numbers[COLUMNS * tail + COST] = cost;
        numbers[COLUMNS * tail + ARRIVAL] = now;
        numbers[COLUMNS * tail + ID] = id;
        size++;
        if (size == 1) {
            readHead();
        }
    }

    private void readHead() {
        headCost = cost(0);
        headArrival = arrival(0);
    }

    /** Returns the bytes that the head is charged with. */
    long headCost() {
        return headCost;
    }

    long headArrival() {
        return headArrival;
    }

    /** Returns the request at a place. The head is at 0. */
    BlockRequest get(int place) {
        BlockRequest request = requests[index(place)];
        if (request == null) {
            throw new IndexOutOfBoundsException(place);
        }
        return request;
    }

    /** Returns the bytes that a request is charged with. */
    long cost(int place) {
        return numbers[COLUMNS * index(place) + COST];
    }

    long arrival(int place) {
        return numbers[COLUMNS * index(place) + ARRIVAL];
    }

    long id(int place) {
        return numbers[COLUMNS * index(place) + ID];
    }

    /** Copies the queue into an empty lane as simulated requests. */
    void copyTo(Lane copy) {
        copy.served = served;
        for (int place = 0; place < size; place++) {
            copy.add(new SimulatedRequest(get(place)), cost(place), id(place), arrival(place));
        }
    }

    BlockRequest removeFirst() {
        BlockRequest first = get(0);
        requests[head] = null;
        head = index(1);
        size--;
        if (size > 0) {
            readHead();
        }
        return first;
    }

    /** Removes and returns the requests that match. The others keep their order. */
    List<BlockRequest> removeIf(Predicate<BlockRequest> matches) {
        List<BlockRequest> removed = new ArrayList<>();
        for (int left = size; left > 0; left--) {
            long cost = cost(0);
            long arrival = arrival(0);
            long id = id(0);
            BlockRequest request = removeFirst();
            if (matches.test(request)) {
                removed.add(request);
            } else {
                add(request, cost, id, arrival);
            }
        }
        return removed;
    }

    private int index(int place) {
        return (head + place) & (requests.length - 1);
    }

    private void grow() {
        int capacity = Math.max(INITIAL_CAPACITY, requests.length * 2);
        @Nullable BlockRequest[] newRequests = new @Nullable BlockRequest[capacity];
        long[] newNumbers = new long[COLUMNS * capacity];
        for (int place = 0; place < size; place++) {
            newRequests[place] = requests[index(place)];
            System.arraycopy(numbers, COLUMNS * index(place), newNumbers, COLUMNS * place, COLUMNS);
        }
        requests = newRequests;
        numbers = newNumbers;
        head = 0;
    }
}
