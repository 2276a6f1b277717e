package dev.weir.control.event;

import dev.weir.control.api.Installation;
import dev.weir.control.route.Problem;
import dev.weir.event.EventLog;
import dev.weir.supervision.DaemonThreads;
import dev.weir.supervision.Supervision;
import dev.weir.view.Json;
import dev.weir.view.system.EventView;
import java.util.List;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.Future;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.ScheduledThreadPoolExecutor;
import java.util.concurrent.TimeUnit;
import java.util.function.BooleanSupplier;
import org.eclipse.jetty.server.Response;
import org.eclipse.jetty.util.Callback;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The clients of the events. While clients are connected, one thread reads the log and samples the drives each second.
 * A client that reconnects with {@code Last-Event-ID} first gets the kept events that it missed: {@link
 * EventView#number} reads the header and {@link EventView#after} selects them. A slow client skips samples and later
 * gets the current state.
 *
 * <p>Thread-safe.
 */
public final class EventStreams implements AutoCloseable {
    private static final Logger LOG = LoggerFactory.getLogger(EventStreams.class);

    /** The maximum number of clients. */
    static final int MOST = 64;

    /** Seconds without text after which a comment keeps a connection alive. */
    private static final int QUIET_TICKS = 10;

    private final Installation weir;
    private final Samples samples;
    private final Set<EventClient> clients = ConcurrentHashMap.newKeySet();
    private final ScheduledThreadPoolExecutor thread =
            new ScheduledThreadPoolExecutor(1, DaemonThreads.named("weir-control-events"));

    // confined to the thread
    private @Nullable Future<?> ticks;
    private @Nullable AutoCloseable listening;
    private @Nullable EventLog heard;

    public EventStreams(Installation weir) {
        this.weir = weir;
        samples = new Samples(weir);
        thread.setKeepAliveTime(10, TimeUnit.SECONDS);
        thread.allowCoreThreadTimeOut(true);
    }

    /**
     * Adds a client. The caller has set the headers of its answer.
     *
     * @param isAdmitted whether the client may still follow the events
     * @param lastEventId the last event that the client has received; null without one
     * @param end completes when the client has gone
     * @throws Problem if there are too many clients
     */
    @SuppressWarnings("FutureReturnValueIgnored") // the task reports its failure itself
    public void add(
            Response response,
            Callback end,
            BooleanSupplier isAdmitted,
            boolean hasSamples,
            @Nullable String lastEventId) {
        if (clients.size() >= MOST) {
            throw new Problem(503, "there are " + MOST + " clients of events already, the most");
        }
        EventLog log = weir.events();
        long known = EventView.number(log, lastEventId);
        clients.add(new EventClient(response, end, isAdmitted, hasSamples, log == null ? "" : log.epoch(), known));
        thread.execute(Supervision.task("weir-control-events", this::begin, LOG::error));
    }

    private void begin() {
        if (ticks == null) {
            samples.take();
            Runnable tick = Supervision.task("weir-control-events", this::tick, LOG::error);
            ticks = thread.scheduleWithFixedDelay(tick, 1, 1, TimeUnit.SECONDS);
        }
        pump(false);
    }

    private void tick() {
        clients.forEach(EventClient::endIfRefused);
        clients.removeIf(EventClient::isOver);
        if (clients.isEmpty()) {
            end();
            return;
        }
        samples.take();
        pump(true);
    }

    private void end() {
        if (ticks != null) {
            ticks.cancel(false);
            ticks = null;
        }
        hear(null);
    }

    /** Listens to the current log; null if it has gone. */
    private void hear(@Nullable EventLog log) {
        if (log == heard) {
            return;
        }
        if (listening != null) {
            try {
                listening.close();
            } catch (Exception e) {
                LOG.debug("the log of events has gone", e);
            }
            listening = null;
        }
        heard = log;
        if (log != null) {
            listening = log.listen(this::wake);
        }
    }

    private void wake() {
        try {
            thread.execute(Supervision.task("weir-control-events", () -> pump(false), LOG::error));
        } catch (RejectedExecutionException e) {
            LOG.debug("the events are closed", e);
        }
    }

    private void pump(boolean isTick) {
        EventLog log = weir.events();
        hear(log);
        for (EventClient client : clients) {
            if (!client.isReady()) {
                client.needsAll = true; // misses this sample
                continue;
            }
            StringBuilder text = new StringBuilder();
            if (log != null) {
                addEvents(text, client, log);
            }
            if (client.hasSamples && client.needsAll) {
                text.append(samples.all());
                client.needsAll = false;
            } else if (client.hasSamples && isTick) {
                text.append(samples.changes());
            }
            boolean isQuiet = client.isNew || (isTick && ++client.quietTicks >= QUIET_TICKS);
            if (text.isEmpty() && isQuiet) {
                text.append(":\n\n");
            }
            if (!text.isEmpty()) {
                client.send(text.toString());
            }
        }
    }

    private static void addEvents(StringBuilder text, EventClient client, EventLog log) {
        if (!log.epoch().equals(client.epoch)) {
            client.epoch = log.epoch();
            client.lastId = 0;
        }
        List<EventView> events = EventView.after(log, client.lastId);
        for (EventView event : events) {
            text.append("id: ").append(event.id()).append("\nevent: ").append(event.type());
            text.append("\ndata: ").append(Json.part(event)).append("\n\n");
            client.lastId = EventView.number(log, event.id());
        }
    }

    int size() {
        return clients.size();
    }

    /** Ends the answers to all clients. */
    @Override
    public void close() {
        thread.shutdownNow();
        clients.forEach(EventClient::close);
        if (listening != null) {
            hear(null);
        }
    }
}
