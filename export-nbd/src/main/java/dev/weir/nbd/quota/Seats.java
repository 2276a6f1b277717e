package dev.weir.nbd.quota;

import java.net.Inet6Address;
import java.net.InetAddress;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * The quota of connections. The last seats are reserved for Unix sockets because only the operator's user can reach
 * those. One TCP peer may have as many of the rest as it leaves free. A drive has its {@linkplain Shares share} of
 * all seats.
 *
 * <p>Thread-safe.
 */
public final class Seats {
    private static final int OPERATORS_PART = 16;

    /** An IPv6 host owns a whole network of addresses. Its first 8 bytes identify the peer. */
    private static final int IPV6_NETWORK_BYTES = 8;

    private final Shares shares = new Shares(1);

    /** Number of connections of each TCP peer. Guarded by this object like all fields below. */
    private final Map<Object, Integer> peers = new HashMap<>();

    private int max;
    private int taken;

    /** Changes the number of seats and of drives. */
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
     * Takes a seat. {@link #leave} returns it.
     *
     * @param peer the address of a TCP client. Null on a Unix socket.
     * @return the reason of a refusal or null
     */
    public synchronized @Nullable String enter(@Nullable InetAddress peer) {
        int left = max - taken - (peer == null ? 0 : forOperator());
        if (left <= 0) {
            return taken + " of " + max + " connections are in use (nbd.max-connections)"
                    + (peer == null ? "" : "; the rest is reserved for Unix sockets");
        }
        if (peer != null) {
            int own = peers.getOrDefault(key(peer), 0);
            if (own + 1 > left && own > 0) {
                return "its address has " + own + " connections and may have only as many as it leaves free";
            }
            peers.put(key(peer), own + 1);
        }
        taken++;
        return null;
    }

    private int forOperator() {
        return max == 1 ? 0 : Math.max(1, max / OPERATORS_PART);
    }

    /** Returns a seat that {@link #enter} took. */
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

    /** Returns the number of connections. */
    synchronized int taken() {
        return taken;
    }
}
