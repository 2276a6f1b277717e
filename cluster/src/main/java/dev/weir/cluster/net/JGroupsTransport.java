package dev.weir.cluster.net;

import dev.weir.cluster.members.Members;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.jgroups.Address;
import org.jgroups.BytesMessage;
import org.jgroups.JChannel;
import org.jgroups.Message;
import org.jgroups.Receiver;
import org.jgroups.View;
import org.jgroups.protocols.FD_ALL3;
import org.jgroups.protocols.FRAG4;
import org.jgroups.protocols.TCP;
import org.jgroups.protocols.UNICAST3;
import org.jgroups.protocols.VERIFY_SUSPECT2;
import org.jgroups.protocols.pbcast.GMS;
import org.jgroups.protocols.pbcast.NAKACK2;
import org.jgroups.protocols.pbcast.STABLE;
import org.jgroups.stack.Protocol;
import org.jgroups.util.NameCache;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * A member of a JGroups cluster over TCP. A failed connection is detected at once and a silent member after three
 * seconds. With a secret all connections are TLS 1.3 and both sides must have the secret. Only the port that detects
 * failed connections is plain; it carries no data.
 *
 * <p>Thread-safe.
 */
public final class JGroupsTransport implements Transport, Receiver {
    private static final Logger LOG = LoggerFactory.getLogger(JGroupsTransport.class);

    private static final int CONNECT_MILLIS = 500;
    private static final long SILENCE_MILLIS = 3_000;
    private static final long HEARTBEAT_MILLIS = 1_000;
    private static final long VERIFY_MILLIS = 500;
    private static final long MERGE_MIN_MILLIS = 500;
    private static final long MERGE_MAX_MILLIS = 1_500;
    private static final long JOIN_MILLIS = 1_000;
    private static final int FRAGMENT_BYTES = 60_000;

    /** How often lost messages of the membership are looked for. */
    private static final long RESEND_MILLIS = 1_000;

    /** The resolution of the time at which an unused connection is forgotten. */
    private static final long TIME_MILLIS = 10_000;

    /** The longest message of a connection (bytes): a fragment, or the members of a cluster of 1000 hosts. */
    private static final int MOST_BYTES = 1 << 20;

    private final Listener listener;
    private final JChannel channel;
    private volatile Map<String, Address> members = Map.of();

    /**
     * Joins a cluster.
     *
     * @param cluster the name of the cluster
     * @param host the name of this host
     * @param listen the address to listen on
     * @param others the addresses of all hosts
     * @param hosts the number of configured hosts
     * @param secret a file with the secret; null for none
     * @throws Exception if the address cannot be used or the secret cannot be read
     */
    public JGroupsTransport(
            String cluster,
            String host,
            InetSocketAddress listen,
            Members others,
            int hosts,
            @Nullable Path secret,
            Listener listener)
            throws Exception {
        this.listener = listener;
        Thread thread = Thread.currentThread();
        ClassLoader before = thread.getContextClassLoader();
        // JGroups loads its classes by name
        thread.setContextClassLoader(JGroupsTransport.class.getClassLoader());
        JChannel created = null;
        try {
            created = new JChannel(stack(listen, others, hosts, secret));
            channel = created;
            channel.setName(host);
            channel.setReceiver(this);
            channel.setDiscardOwnMessages(true);
            channel.connect(cluster);
        } catch (Exception e) {
            if (created != null) {
                created.close();
            }
            throw e;
        } finally {
            thread.setContextClassLoader(before);
        }
    }

    /** Returns the protocols from the transport to the fragments. */
    static List<Protocol> stack(InetSocketAddress listen, Members others, int hosts, @Nullable Path secret)
            throws Exception {
        InetAddress address = listen.getAddress();
        TCP tcp = new BoundedTcp();
        tcp.setBindAddress(address);
        tcp.setBindPort(listen.getPort());
        tcp.setPortRange(0);
        tcp.setMaxLength(MOST_BYTES);
        // a stopped host must not block messages to the others
        tcp.nonBlockingSends(true);
        tcp.setSockConnTimeout(CONNECT_MILLIS);
        // each thread sends its own messages, so the search for an unreachable host delays no heartbeat
        tcp.setBundlerType("no-bundler");
        tcp.setTimeServiceInterval(TIME_MILLIS);
        if (secret != null) {
            tcp.tls(BoundedTls.of(secret));
        }
        List<Protocol> stack = new ArrayList<>(List.of(
                tcp,
                new ChangingHosts(listen, others),
                new SplitSearch(hosts).setMinInterval(MERGE_MIN_MILLIS).setMaxInterval(MERGE_MAX_MILLIS),
                new BoundedFailureDetection().setBindAddress(address),
                new FD_ALL3().setTimeout(SILENCE_MILLIS).setInterval(HEARTBEAT_MILLIS),
                new VERIFY_SUSPECT2().setTimeout(VERIFY_MILLIS)));
        stack.addAll(List.of(
                new NAKACK2().setXmitInterval(RESEND_MILLIS),
                new UNICAST3().setXmitInterval(RESEND_MILLIS),
                new STABLE(),
                new GMS().setJoinTimeout(JOIN_MILLIS).printLocalAddress(false),
                new FRAG4().setFragSize(FRAGMENT_BYTES)));
        return stack;
    }

    @Override
    public void viewAccepted(View view) {
        Map<String, Address> named = new LinkedHashMap<>();
        for (Address address : view.getMembers()) {
            String name = NameCache.get(address);
            Address other = named.putIfAbsent(name == null ? address.toString() : name, address);
            if (other != null) {
                LOG.warn("cluster: two members have the name {}; give each host its own", name);
            }
        }
        members = named;
        listener.members(List.copyOf(named.keySet()));
    }

    @Override
    public void receive(Message message) {
        String from = NameCache.get(message.getSrc());
        if (from != null && message.hasArray()) {
            byte[] bytes = new byte[message.getLength()];
            System.arraycopy(message.getArray(), message.getOffset(), bytes, 0, bytes.length);
            listener.message(from, bytes);
        }
    }

    @Override
    public void send(String host, byte[] bytes) {
        // an acknowledgement would be another message
        send(host, bytes, bytes.length < FRAGMENT_BYTES / 2);
    }

    @Override
    public void deliver(String host, byte[] bytes) {
        send(host, bytes, false);
    }

    private void send(String host, byte[] bytes, boolean mayBeLost) {
        Address address = members.get(host);
        if (address == null) {
            return;
        }
        try {
            Message message = new BytesMessage(address, bytes).setFlag(Message.Flag.OOB);
            channel.send(mayBeLost ? message.setFlag(Message.Flag.NO_RELIABILITY) : message);
        } catch (Exception e) {
            LOG.debug("cluster: a message to {} is lost", host, e);
        }
    }

    /** Returns the channel, for tests. */
    JChannel channel() {
        return channel;
    }

    @Override
    public void close() {
        channel.close();
    }
}
