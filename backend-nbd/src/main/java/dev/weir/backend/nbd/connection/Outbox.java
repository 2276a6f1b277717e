package dev.weir.backend.nbd.connection;

import dev.weir.backend.nbd.protocol.RequestWriter;
import dev.weir.nbd.spec.Nbd;
import dev.weir.nbd.spec.NbdMode;
import dev.weir.nbd.wire.Wire;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.util.ArrayDeque;
import java.util.Queue;
import org.jspecify.annotations.Nullable;

/**
 * The commands that wait for the socket. Headers and short payloads are gathered in a buffer because a copy is cheaper
 * than a part of a gathering write. Long payloads go from the buffer of the request to the socket.
 *
 * <p>Not thread-safe.
 */
final class Outbox {
    private static final int STAGING_BYTES = 64 << 10;

    /** Longest payload that is copied (bytes). */
    private static final int SHORT_PAYLOAD = 8 << 10;

    private final NbdMode mode;
    private final ByteBuffer staging = ByteBuffer.allocate(STAGING_BYTES);
    private final ByteBuffer[] parts = new ByteBuffer[2];
    private final Queue<Command> waiting = new ArrayDeque<>();

    /** The command whose long payload follows the staged bytes. */
    private @Nullable Command current;

    private @Nullable ByteBuffer payload;

    Outbox(NbdMode mode) {
        this.mode = mode;
    }

    void add(Command command) {
        waiting.add(command);
    }

    /**
     * Sends as much as the socket accepts.
     *
     * @return whether nothing is left
     */
    boolean send(Wire wire) throws IOException {
        do {
            stage();
            if (staging.position() == 0 && payload == null) {
                return true;
            }
        } while (write(wire));
        return false;
    }

    private void stage() {
        while (payload == null && staging.remaining() >= RequestWriter.MAX_BYTES + SHORT_PAYLOAD) {
            Command command = waiting.poll();
            if (command == null) {
                return;
            }
            RequestWriter.put(
                    staging, mode, command.type, command.flags, command.cookie, command.offset, command.length);
            if (command.type == Nbd.NBD_CMD_WRITE && command.length > SHORT_PAYLOAD) {
                current = command;
                payload = command.bytes(0, (int) command.length);
            } else {
                if (command.type == Nbd.NBD_CMD_WRITE) {
                    staging.put(command.bytes(0, (int) command.length));
                }
                command.sent = true;
            }
        }
    }

    /** Returns whether the socket has accepted all bytes. */
    private boolean write(Wire wire) throws IOException {
        staging.flip();
        try {
            if (payload == null) {
                wire.write(staging);
            } else {
                parts[0] = staging;
                parts[1] = payload;
                wire.write(parts);
            }
        } finally {
            staging.compact();
        }
        if (payload != null && !payload.hasRemaining() && current != null) {
            current.sent = true;
            payload = null;
            current = null;
        }
        return staging.position() == 0 && payload == null;
    }
}
