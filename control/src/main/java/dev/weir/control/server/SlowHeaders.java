package dev.weir.control.server;

import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import org.eclipse.jetty.io.Connection;

/**
 * Closes connections whose headers arrive too slowly. The idle timeout alone does not end a client that sends a byte
 * now and then. Thread-safe.
 */
final class SlowHeaders implements Connection.Listener {

    /**
     * The progress of a connection at the last look.
     *
     * @param messages requests whose headers were complete; -1 if the connection was new or being answered
     * @param isPartial whether a part of further headers had arrived
     */
    private record Progress(long messages, long bytes, boolean isPartial) {}

    private final Map<Connection, Progress> connections = new ConcurrentHashMap<>();

    @Override
    public void onOpened(Connection connection) {
        connections.put(connection, new Progress(-1, 0, false));
    }

    @Override
    public void onClosed(Connection connection) {
        connections.remove(connection);
    }

    /**
     * Looks at all connections. Closes each whose headers were partial at the last look and are still incomplete.
     * Spares those that were new or being answered at the last look.
     */
    void look() {
        connections.forEach((connection, before) -> {
            long messages = connection.getMessagesIn();
            boolean isAnswering = messages > connection.getMessagesOut();
            boolean isPartial = !isAnswering
                    && messages == before.messages
                    && (before.isPartial || connection.getBytesIn() > before.bytes);
            if (isPartial && before.isPartial) {
                connection.getEndPoint().close();
            }
            connections.replace(
                    connection, new Progress(isAnswering ? -1 : messages, connection.getBytesIn(), isPartial));
        });
    }

    int size() {
        return connections.size();
    }
}
