package dev.weir.nbd.connection;

import java.net.Inet6Address;
import java.net.InetAddress;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * The connections that there may be. The last of them are for Unix sockets, which only the operator's own user can
 * reach. Of the others a peer on TCP may have as many as it leaves. A drive has its {@linkplain Shares share} of all.
 *
 * <p>Thread-safe.
 */
public final class Seats {
    private static final int OPERATORS_PART = 16;

    /** An IPv6 host has a network of addresses: as many bytes of them tell it from others. */
    private static final int IPV6_NETWORK_BYTES = 8;

    private final Shares shares = new Shares(1);

    /** By peer, without those that have none. Guarded by this object, as is all below. */
    private final Map<Object, Integer> peers = new HashMap<>();

    private int max;
    private int taken;

    /** Changes how many there may be. */
    synchronized void divide(int newMax, int drives, Iterable<DriveAccount> accounts) {
        max = newMax;
        List<Shares.Account> connections = new ArrayList<>();
        accounts.forEach(account -> connections.add(account.connections));
        shares.divide(newMax, drives, connections);
    }

    Shares shares() {
        return shares;
    }

    /**
     * Counts a connection in, unless that would be too many; {@link #leave} counts it out.
     *
     * @param peer its address, or null on a Unix socket
     * @return why it may not enter, or null if it has
     */
    public synchronized @Nullable String enter(@Nullable InetAddress peer) {
        int left = max - taken - (peer == null ? 0 : forOperator());
        if (left <= 0) {
            return "there are " + taken + " connections of at most " + max
                    + (peer == null ? "" : ", and the rest is for Unix sockets");
        }
        if (peer != null) {
            int own = peers.getOrDefault(key(peer), 0);
            if (own + 1 > left && own > 0) {
                return "it has " + own + " connections, as many as are left for others";
            }
            peers.put(key(peer), own + 1);
        }
        taken++;
        return null;
    }

    private int forOperator() {
        return max == 1 ? 0 : Math.max(1, max / OPERATORS_PART);
    }

    /** Counts a connection out that had entered. */
    public synchronized void leave(@Nullable InetAddress peer) {
        taken--;
        if (peer != null) {
            peers.computeIfPresent(key(peer), (key, own) -> own == 1 ? null : own - 1);
        }
    }

    private static Object key(InetAddress peer) {
        return peer instanceof Inet6Address
                ? ByteBuffer.wrap(peer.getAddress(), 0, IPV6_NETWORK_BYTES).getLong()
                : peer;
    }

    /** Returns how many there are. */
    synchronized int taken() {
        return taken;
    }
}
