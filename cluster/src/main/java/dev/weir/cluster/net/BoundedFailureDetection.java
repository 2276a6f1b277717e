package dev.weir.cluster.net;

import org.jgroups.blocks.cs.NioServer;
import org.jgroups.conf.ClassConfigurator;
import org.jgroups.protocols.FD_SOCK2;

/**
 * Detection of failed hosts by their connections, with a bound on the size of messages. Its port is plain. Without the
 * bound every host that reaches the port could fill the memory with one number.
 */
final class BoundedFailureDetection extends FD_SOCK2 {
    /** The longest message (bytes). It has the name of the cluster and two addresses. */
    static final int MOST_BYTES = 8 << 10;

    BoundedFailureDetection() {
        setId(ClassConfigurator.getProtocolId(FD_SOCK2.class)); // JGroups knows no number of this class
    }

    @Override
    protected NioServer createServer(int[] ports) {
        NioServer server = super.createServer(ports);
        server.setMaxLength(MOST_BYTES);
        return server;
    }
}
