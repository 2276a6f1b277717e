package dev.weir.filter.faults;

import dev.weir.block.HeldRequest;
import dev.weir.clock.Clock;
import dev.weir.clock.Timer;
import dev.weir.fault.Activity;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.PriorityQueue;
import java.util.TreeSet;

/**
 * The queue of the requests that faults hold, with one timer for all of them. No thread waits.
 *
 * <p>Thread-safe. Requests go on without a lock.
 */
final class FaultQueue {
    private final Clock clock;
    private final Timer timer;

    /** Requests with a due time, the earliest first. Guarded by this, like all below. */
    private final PriorityQueue<Held> timed = new PriorityQueue<>((a, b) -> {
        int byTime = Long.signum(a.due - b.due);
        return byTime != 0 ? byTime : Long.compare(a.number, b.number);
    });

    /** Requests without a due time. */
    private final TreeSet<Held> open = new TreeSet<>(Comparator.comparingLong(held -> held.number));

    private long numbers;
    private boolean isClosed;

    /** A held request. */
    private static final class Held {
        private final long number;
        private final FaultyRequest request;
        private final long since;
        private long due;

        Held(long number, FaultyRequest request, long since, long due) {
            this.number = number;
            this.request = request;
            this.since = since;
            this.due = due;
        }
    }

    FaultQueue(Clock clock) {
        this.clock = clock;
        this.timer = clock.timer(this::fire);
    }

    /** Holds a request until it is due. Lets it go on at once if it is due or requests are no longer held. */
    void hold(FaultyRequest request) {
        long now = clock.nanoTime();
        long due = request.due(now, now);
        synchronized (this) {
            if (!isClosed && (due == Activity.NEVER || due - now > 0)) {
                add(new Held(numbers++, request, now, due));
                return;
            }
        }
        request.goOn();
    }

    private void add(Held held) {
        if (held.due == Activity.NEVER) {
            open.add(held);
        } else {
            timed.add(held);
            if (timed.peek() == held) {
                timer.arm(held.due);
            }
        }
    }

    private void fire() {
        List<FaultyRequest> due = new ArrayList<>();
        synchronized (this) {
            long now = clock.nanoTime();
            for (Held first = timed.peek(); first != null && first.due - now <= 0; first = timed.peek()) {
                due.add(timed.remove().request);
            }
            arm();
        }
        due.forEach(FaultyRequest::goOn);
    }

    private void arm() {
        Held first = timed.peek();
        if (first == null) {
            timer.disarm();
        } else {
            timer.arm(first.due);
        }
    }

    /** Holds requests again. */
    synchronized void open() {
        isClosed = false;
    }

    /** Removes all requests in the order of their arrival. Holds none from now on. */
    List<FaultyRequest> close() {
        List<Held> all;
        synchronized (this) {
            isClosed = true;
            all = new ArrayList<>(timed);
            all.addAll(open);
            timed.clear();
            open.clear();
            timer.disarm();
        }
        all.sort(Comparator.comparingLong(held -> held.number));
        return all.stream().map(held -> held.request).toList();
    }

    /** Applies the end of faults. Requests that nothing holds any more go on in the order of their arrival. */
    void faultsChanged() {
        List<FaultyRequest> free = new ArrayList<>();
        synchronized (this) {
            long now = clock.nanoTime();
            List<Held> all = all();
            timed.clear();
            open.clear();
            all.sort(Comparator.comparingLong(held -> held.number));
            for (Held held : all) {
                held.due = held.request.due(held.since, now);
                if (held.due != Activity.NEVER && held.due - now <= 0) {
                    free.add(held.request);
                } else {
                    (held.due == Activity.NEVER ? open : timed).add(held);
                }
            }
            arm();
        }
        free.forEach(FaultyRequest::goOn);
    }

    /** Returns the number of requests that each fault holds. */
    synchronized Map<ActiveFault, Integer> counts() {
        Map<ActiveFault, Integer> counts = new HashMap<>();
        all().forEach(held -> held.request.holders().forEach(fault -> counts.merge(fault, 1, Integer::sum)));
        return counts;
    }

    private List<Held> all() {
        List<Held> all = new ArrayList<>(timed);
        all.addAll(open);
        return all;
    }

    /** Returns the requests with the names of their faults, the earliest first. */
    synchronized List<HeldRequest> list() {
        List<Held> all = all();
        all.sort((a, b) -> a.due == b.due
                ? Long.compare(a.number, b.number)
                : a.due == Activity.NEVER ? 1 : b.due == Activity.NEVER ? -1 : Long.signum(a.due - b.due));
        return all.stream()
                .map(held -> HeldRequest.of(held.request, held.request.reason(), held.since, held.due))
                .toList();
    }
}
