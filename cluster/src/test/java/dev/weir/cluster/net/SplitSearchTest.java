package dev.weir.cluster.net;

import static org.junit.jupiter.api.Assertions.assertEquals;

import java.lang.reflect.Proxy;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import org.jgroups.Address;
import org.jgroups.EmptyMessage;
import org.jgroups.Event;
import org.jgroups.Message;
import org.jgroups.View;
import org.jgroups.ViewId;
import org.jgroups.protocols.MERGE3.MergeHeader;
import org.jgroups.stack.Protocol;
import org.jgroups.util.TimeScheduler;
import org.jgroups.util.UUID;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;

class SplitSearchTest {
    private final List<Address> hosts = List.of(UUID.randomUUID(), UUID.randomUUID(), UUID.randomUUID());
    private final Network network = new Network();
    private final SplitSearch search = new WithoutTimer(3);

    /** Counts what a host sends. */
    private static final class Network extends Protocol {
        private int multicasts;
        private int searches;

        @Override
        public @Nullable Object down(Message message) {
            assertEquals(null, message.getDest());
            multicasts++;
            return null;
        }

        @Override
        public @Nullable Object down(Event event) {
            searches += event.getType() == Event.FIND_MBRS_ASYNC ? 1 : 0;
            return null;
        }
    }

    /** The test is the timer. */
    private static final class WithoutTimer extends SplitSearch {
        WithoutTimer(int hosts) {
            super(hosts);
        }

        @Override
        protected void startInfoSender() {
            // the test calls sendInfo()
        }

        @Override
        protected void startViewConsistencyChecker() {
            // the test has one host
        }
    }

    SplitSearchTest() {
        search.addr(hosts.get(0));
        search.setDownProtocol(network);
    }

    private void view(int id, int size) {
        search.down(new Event(Event.VIEW_CHANGE, new View(new ViewId(hosts.get(0), id), hosts.subList(0, size))));
    }

    private void hear(int from, int view) {
        MergeHeader header = MergeHeader.createInfo(new ViewId(hosts.get(0), view), "h" + from, null);
        search.up(new EmptyMessage().setSrc(hosts.get(from)).putHeader(search.getId(), header));
    }

    private void periods(int count) {
        for (int i = 0; i < count; i++) {
            search.sendInfo();
        }
    }

    /** A timer that runs nothing. */
    private static TimeScheduler timer(List<Runnable> tasks) {
        return (TimeScheduler) Proxy.newProxyInstance(
                TimeScheduler.class.getClassLoader(), new Class<?>[] {TimeScheduler.class}, (proxy, method, given) -> {
                    assertEquals("scheduleWithDynamicInterval", method.getName());
                    tasks.add((Runnable) given[0]);
                    return new CompletableFuture<>();
                });
    }

    @Test
    void eachPeriodOfTheTimerTellsTheViewOnce() {
        List<Runnable> tasks = new ArrayList<>();
        SplitSearch timed = new SplitSearch(3) {
            {
                timer = timer(tasks);
                local_addr = hosts.get(0);
                view = new View(new ViewId(hosts.get(0), 8), hosts.subList(0, 2));
            }
        };
        timed.setDownProtocol(network);
        timed.startInfoSender();
        timed.startInfoSender();
        assertEquals(1, tasks.size());
        tasks.forEach(Runnable::run);
        assertEquals(1, network.searches);
    }

    @Test
    void completeClusterSearchesNothing() {
        view(7, 3);
        hear(1, 7);
        periods(5 * SplitSearch.PERIODS);
        assertEquals(5, network.multicasts);
        assertEquals(0, network.searches);
    }

    @Test
    void missingHostIsSearchedInEachPeriod() {
        view(7, 3);
        view(8, 2);
        periods(5);
        assertEquals(5, network.searches);
        assertEquals(0, network.multicasts);
    }

    @Test
    void anotherViewIsAnsweredBySearchAtOnce() {
        view(7, 3);
        hear(2, 6);
        periods(1);
        assertEquals(1, network.searches);
        periods(SplitSearch.PERIODS);
        assertEquals(1, network.searches);
        assertEquals(1, network.multicasts);
    }
}
