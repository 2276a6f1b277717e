package dev.weir.control.server;

import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import org.eclipse.jetty.io.Connection;

/**
 * Closes connections whose headers arrive too slowly. The idle timeout alone does not end a client that sends a byte
 * now and then. Thread-safe.
 */
final class SlowHeaders implements Connection.Listener {

    /** The progress of a connection at the last look. */
    private record Progress(long messages, long bytes) {}

    private final Map<Connection, Progress> connections = new ConcurrentHashMap<>();

    @Override
    public void onOpened(Connection connection) {
        connections.put(connection, new Progress(-1, 0));
    }

    @Override
    public void onClosed(Connection connection) {
        connections.remove(connection);
    }

    /**
     * Looks at all connections. Closes each that has sent bytes since the last look without completing the headers of a
     * request. Spares those that were new or being answered at the last look.
     */
    void look() {
        connections.forEach((connection, before) -> {
            long messages = connection.getMessagesIn();
            boolean isAnswering = messages > connection.getMessagesOut();
            if (!isAnswering && messages == before.messages && connection.getBytesIn() > before.bytes) {
                connection.getEndPoint().close();
            }
            connections.replace(connection, new Progress(isAnswering ? -1 : messages, connection.getBytesIn()));
        });
    }

    int size() {
        return connections.size();
    }
}
