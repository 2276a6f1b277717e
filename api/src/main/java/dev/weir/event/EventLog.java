package dev.weir.event;

import java.util.List;
import org.osgi.annotation.versioning.ProviderType;

/**
 * The recent events with their numbers, for clients that resume after a lost connection. The events are observed only
 * while a bundle uses this service.
 *
 * <p>Thread-safe.
 */
@ProviderType
public interface EventLog {

    /** Number of the newest events that are kept. */
    int KEPT = 1000;

    /**
     * An event with its number.
     *
     * @param id number: the first event has 1 and each next one has one more
     * @param event the event
     */
    record Entry(long id, StateEvent event) {}

    /** {@return the name of this log; another log, as after a restart, has another one and numbers from 1 again} */
    String epoch();

    /**
     * {@return the kept events after a number, in their order} The first has a larger number than {@code id + 1} if
     * events between were dropped.
     *
     * @param id number of the last known event; 0 for all kept ones
     */
    List<Entry> after(long id);

    /**
     * Calls a listener after each new event.
     *
     * @param listener called on the thread of the log; must not block
     * @return ends the calls
     */
    AutoCloseable listen(Runnable listener);
}
