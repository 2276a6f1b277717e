package dev.weir.cluster.net;

import java.util.List;

/** Membership and messages of the hosts of a cluster. Thread-safe. */
public interface Transport extends AutoCloseable {

    /** Is told of members and messages, on any thread. Must return soon. */
    interface Listener {

        /**
         * The reachable members have changed.
         *
         * @param hosts their names, this host included; the same order on all of them
         */
        void members(List<String> hosts);

        /** A message has arrived. Its bytes may be anything. */
        void message(String from, byte[] bytes);
    }

    /** Sends a message. It may be lost. */
    void send(String host, byte[] bytes);

    @Override
    void close();
}
