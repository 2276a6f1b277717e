package dev.weir.cluster.net;

import static org.junit.jupiter.api.Assertions.assertEquals;

import dev.weir.cluster.members.Members;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import org.jgroups.Event;
import org.jgroups.Message;
import org.jgroups.stack.IpAddress;
import org.jgroups.stack.Protocol;
import org.jgroups.util.Responses;
import org.jgroups.util.UUID;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;

class ChangingHostsTest {
    private static final int OWN = 7_800;

    private final List<Integer> asked = new ArrayList<>();
    private final List<String> entries = new ArrayList<>(List.of("127.0.0.1:" + OWN, "127.0.0.1:7801"));
    private long now;

    /** Notes the ports that a host asks. */
    private final class Network extends Protocol {
        @Override
        public @Nullable Object down(Message message) {
            asked.add(((IpAddress) message.getDest()).getPort());
            return null;
        }

        @Override
        public @Nullable Object down(Event event) {
            return event.getType() == Event.GET_PHYSICAL_ADDRESS ? address(OWN) : null;
        }
    }

    private static IpAddress address(int port) {
        return new IpAddress(InetAddress.getLoopbackAddress(), port);
    }

    @Test
    void eachSearchAsksTheHostsOfThatMoment() {
        InetSocketAddress own = new InetSocketAddress(InetAddress.getLoopbackAddress(), OWN);
        ChangingHosts hosts = new ChangingHosts(own, Members.listed(entries, () -> now));
        hosts.setDownProtocol(new Network());
        hosts.addr(UUID.randomUUID());
        hosts.findMembers(List.of(), true, new Responses(false));
        assertEquals(List.of(7_801), asked);
        entries.set(1, "127.0.0.1:7802");
        entries.add("127.0.0.1:7803");
        now += TimeUnit.SECONDS.toNanos(2);
        asked.clear();
        hosts.findMembers(List.of(), true, new Responses(false));
        assertEquals(List.of(7_802, 7_803), asked.stream().sorted().toList());
    }
}
