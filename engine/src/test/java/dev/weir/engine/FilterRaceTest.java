package dev.weir.engine;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.weir.block.Operation;
import dev.weir.drive.Drive;
import dev.weir.drive.settings.DriveSettings;
import dev.weir.drive.settings.FilterSettings;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.Executors;
import java.util.concurrent.Semaphore;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicLong;
import org.junit.jupiter.api.Test;

/**
 * Real threads submit while the chain of filters changes. {@code -Drace.changes=N} sets the number of changes over
 * ten.
 */
class FilterRaceTest {
    private static final int CHANGES = Integer.getInteger("race.changes", 4_000) / 10;
    private static final int CLIENTS = 3;
    private static final int OUTSTANDING = 32;

    private final ConcurrentLinkedQueue<String> violations = new ConcurrentLinkedQueue<>();
    private final AtomicLong[] last = new AtomicLong[CLIENTS];
    private final AtomicLong completed = new AtomicLong();
    private final EngineFixture fixture = new EngineFixture(1, Executors.newCachedThreadPool());
    private volatile boolean over;

    /** An offset names a client and the number of its request. */
    private void reached(String drive, long size, long offset) {
        AtomicLong of = last[(int) (offset % CLIENTS)];
        if (of.getAndSet(offset) >= offset) {
            violations.add(offset + " is late or repeated");
        }
    }

    private void configure(List<FilterSettings> filters) {
        fixture.engine.configure(
                DriveSettings.builder("vm1", "observed").filters(filters).build());
    }

    private void submitAll(int client) {
        Drive drive = fixture.drive("vm1");
        Semaphore free = new Semaphore(OUTSTANDING);
        for (long offset = (long) client + CLIENTS; !over; offset += CLIENTS) {
            free.acquireUninterruptibly();
            drive.submit(new TestRequest("client " + client, Operation.WRITE, offset, 1, request -> {
                if (request.error() != null) {
                    violations.add(request.offset() + " failed with " + request.error());
                }
                completed.incrementAndGet();
                free.release();
            }));
        }
        try {
            if (!free.tryAcquire(OUTSTANDING, 20, TimeUnit.SECONDS)) {
                violations.add("client " + client + " waits for " + (OUTSTANDING - free.availablePermits()));
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }

    @Test
    void nothingIsLostReorderedOrRepeated() throws Exception {
        fixture.engine.addBackends(Observed.backends(this::reached), 0);
        List<TestFilters> installed = new ArrayList<>();
        for (String type : List.of("a", "b")) {
            TestFilters filters = new TestFilters(type, Collections.synchronizedList(new ForgetfulList()));
            installed.add(filters);
            fixture.engine.addFilters(filters, 0);
        }
        configure(List.of());
        List<Thread> clients = new ArrayList<>();
        for (int i = 0; i < CLIENTS; i++) {
            int client = i;
            last[i] = new AtomicLong(-1);
            clients.add(new Thread(() -> submitAll(client), "client " + i));
        }
        clients.forEach(Thread::start);
        Random random = new Random(1);
        for (int i = 0; i < CHANGES; i++) {
            List<FilterSettings> filters = new ArrayList<>();
            for (int left = random.nextInt(3); left > 0; left--) {
                filters.add(new FilterSettings(
                        random.nextBoolean() ? "a" : "b", Map.of("delay", (long) random.nextInt(2))));
            }
            configure(filters);
            if (random.nextInt(4) == 0) {
                TestFilters changing = installed.get(random.nextInt(2));
                fixture.engine.removeFilters(changing);
                fixture.engine.addFilters(changing, 0);
            }
        }
        configure(List.of());
        over = true;
        for (Thread client : clients) {
            client.join();
        }
        fixture.engine.close();
        assertEquals(List.of(), List.copyOf(violations));
        assertTrue(completed.get() > CHANGES, "only " + completed + " requests");
    }

    /** A discarded log. */
    private static final class ForgetfulList extends ArrayList<String> {
        private static final long serialVersionUID = 1L;

        @Override
        public boolean add(String line) {
            return true;
        }
    }
}
