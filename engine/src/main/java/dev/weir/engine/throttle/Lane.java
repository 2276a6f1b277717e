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
    private static final long[] NONE = {};
    private static final @Nullable BlockRequest[] NO_REQUESTS = {};

    final BlockQueue queue;
    final Direction direction;

    /** The start tag: the service received of the limits that both lanes share. */
    long served;

    /**
     * Ring buffer with a power of two as its size. The arrays below are parallel columns. Empty until first used
     * because most drives never queue.
     */
    private @Nullable BlockRequest[] requests = NO_REQUESTS;

    private long[] costs = NONE;
    private long[] arrivals = NONE;
    private long[] ids = NONE;
    private int head;
    private int size;

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

    Lane other() {
        return queue.lane(direction == Direction.READ ? Direction.WRITE : Direction.READ);
    }

    void add(BlockRequest request, long cost, long id, long now) {
        if (size == requests.length) {
            grow();
        }
        int tail = index(size);
        requests[tail] = request;
        costs[tail] = cost;
        arrivals[tail] = now;
        ids[tail] = id;
        size++;
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
        return costs[index(place)];
    }

    long arrival(int place) {
        return arrivals[index(place)];
    }

    long id(int place) {
        return ids[index(place)];
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
        long[] newCosts = new long[capacity];
        long[] newArrivals = new long[capacity];
        long[] newIds = new long[capacity];
        for (int place = 0; place < size; place++) {
            newRequests[place] = requests[index(place)];
            newCosts[place] = costs[index(place)];
            newArrivals[place] = arrivals[index(place)];
            newIds[place] = ids[index(place)];
        }
        requests = newRequests;
        costs = newCosts;
        arrivals = newArrivals;
        ids = newIds;
        head = 0;
    }
}
