package dev.weir.cluster.net;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertInstanceOf;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.weir.cluster.members.Members;
import dev.weir.testkit.tls.TestKeyStore;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.jgroups.Address;
import org.jgroups.BytesMessage;
import org.jgroups.Message;
import org.jgroups.View;
import org.jgroups.protocols.TCP;
import org.jgroups.stack.Protocol;
import org.jgroups.util.NameCache;
import org.jgroups.util.UUID;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** A host that is alone, with a real port. */
@Timeout(60)
class JGroupsTransportTest {
    private final List<byte[]> messages = new ArrayList<>();
    private final List<List<String>> views = new ArrayList<>();

    private final Transport.Listener listener = new Transport.Listener() {
        @Override
        public void members(List<String> hosts) {
            views.add(hosts);
        }

        @Override
        public void message(String from, byte[] bytes) {
            assertEquals("h9", from);
            messages.add(bytes);
        }
    };

    private JGroupsTransport started(String cluster, InetSocketAddress listen) throws Exception {
        Members members = Members.listed(List.of("127.0.0.1:" + listen.getPort()), () -> 0);
        return new JGroupsTransport(cluster, "h0", listen, members, 3, null, listener);
    }

    private static InetSocketAddress free() throws Exception {
        try (ServerSocket free = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
            return new InetSocketAddress(free.getInetAddress(), free.getLocalPort());
        }
    }

    @Test
    void messagesOfNamedHostsArePassedOn() throws Exception {
        UUID named = UUID.randomUUID();
        NameCache.add(named, "h9");
        try (JGroupsTransport transport = started("messages", free())) {
            Message message = new BytesMessage(null, new byte[] {1, 2, 3, 4, 5}, 1, 3);
            transport.receive(message.setSrc(UUID.randomUUID()));
            assertEquals(0, messages.size());
            transport.receive(message.setSrc(named));
            assertArrayEquals(new byte[] {2, 3, 4}, messages.get(0));
            Address unnamed = UUID.randomUUID();
            Address again = UUID.randomUUID();
            NameCache.add(again, "h9");
            transport.viewAccepted(View.create(named, 7, named, unnamed, again));
            assertEquals(List.of("h9", unnamed.toString()), views.get(views.size() - 1));
        }
    }

    /** Notes the bytes of messages that JGroups does not repeat until they arrive. */
    private static final class Sent extends Protocol {
        private final List<Integer> reliable = new ArrayList<>();
        private final List<Integer> unreliable = new ArrayList<>();

        @Override
        public @Nullable Object down(Message message) {
            (message.isFlagSet(Message.Flag.NO_RELIABILITY) ? unreliable : reliable).add(message.getLength());
            return null;
        }
    }

    /** A lost report is followed by the next one. A question and a message in several parts are not. */
    @Test
    void onlyShortPeriodicMessagesMayBeLost() throws Exception {
        Address other = UUID.randomUUID();
        NameCache.add(other, "h9");
        try (JGroupsTransport transport = started("sent", free())) {
            Sent sent = new Sent();
            transport.channel().getProtocolStack().insertProtocolAtTop(sent);
            transport.viewAccepted(View.create(other, 7, other));
            transport.send("h9", new byte[3]);
            transport.deliver("h9", new byte[4]);
            transport.send("h9", new byte[60_000]);
            transport.send("unknown", new byte[5]);
            assertEquals(List.of(3), sent.unreliable);
            assertEquals(List.of(4, 60_000), sent.reliable);
        }
    }

    /** A stopped host must not delay messages to others, and a stranger must not fill the memory. */
    @Test
    void transportIsBounded() throws Exception {
        InetSocketAddress listen = free();
        Members members = Members.listed(List.of("127.0.0.1:" + listen.getPort()), () -> 0);
        List<Protocol> stack = JGroupsTransport.stack(listen, members, 3, null);
        BoundedFailureDetection failures = stack.stream()
                .filter(BoundedFailureDetection.class::isInstance)
                .map(BoundedFailureDetection.class::cast)
                .findAny()
                .orElseThrow();
        assertEquals(listen.getAddress(), failures.getBindAddress());
        TCP tcp = (TCP) stack.get(0);
        assertTrue(tcp.nonBlockingSends());
        assertEquals("no-bundler", tcp.getBundlerType());
        assertEquals(500, tcp.getSockConnTimeout());
        assertEquals(1 << 20, tcp.getMaxLength());
    }

    @Test
    void connectionsBetweenHoldersOfASecretAreTls(@TempDir Path folder) throws Exception {
        Path secret = TestKeyStore.in(folder, "cluster.p12");
        Members none = Members.listed(List.of(), () -> 0);
        TCP tcp = (TCP) JGroupsTransport.stack(free(), none, 3, secret).get(0);
        assertInstanceOf(BoundedTls.class, tcp.tls());
        assertTrue(tcp.tls().enabled());
    }
}
