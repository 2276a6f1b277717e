package dev.weir.engine.events;

import dev.weir.event.EventLog;
import dev.weir.event.StateEvent;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;

/** The newest events with their numbers. Thread-safe. */
final class RecentEvents {
    private final Deque<EventLog.Entry> kept = new ArrayDeque<>(); // guarded by itself
    private final List<Runnable> listeners = new CopyOnWriteArrayList<>();
    private long lastId; // guarded by kept

    void add(StateEvent event) {
        synchronized (kept) {
            kept.addLast(new EventLog.Entry(++lastId, event));
            if (kept.size() > EventLog.KEPT) {
                kept.removeFirst();
            }
        }
        listeners.forEach(Runnable::run);
    }

    List<EventLog.Entry> after(long id) {
        synchronized (kept) {
            return kept.stream().filter(entry -> entry.id() > id).toList();
        }
    }

    AutoCloseable listen(Runnable listener) {
        listeners.add(listener);
        return () -> listeners.remove(listener);
    }
}
