package dev.weir.cluster.net;

import java.util.List;

/** Membership and messages of the hosts of a cluster. Thread-safe. */
public interface Transport extends AutoCloseable {

    /** Receives members and messages on any thread. Must return soon. */
    interface Listener {

        /**
         * Called after a change of the reachable members.
         *
         * @param hosts their names including this host, in the same order on all hosts
         */
        void members(List<String> hosts);

        /** Called with a received message, whose bytes may be malformed. */
        void message(String from, byte[] bytes);
    }

    /** Sends a message once. It may be lost. */
    void send(String host, byte[] bytes);

    /** Sends a message, and again until the host has it. It is lost if the host becomes unreachable. */
    void deliver(String host, byte[] bytes);

    @Override
    void close();
}
