package dev.weir.backend.nbd.connection;

import dev.weir.backend.nbd.protocol.Coverage;
import dev.weir.block.BlockError;
import dev.weir.nbd.spec.Nbd;
import java.nio.ByteBuffer;
import org.jspecify.annotations.Nullable;

/**
 * One NBD command in flight at a server.
 *
 * <p>Confined to the thread of its loop.
 */
public abstract class Command {
    final int type;
    final int flags;
    final long offset;
    final long length;

    /** The bytes of a write, or the room of a read. Its position and limit do not change. */
    final @Nullable ByteBuffer data;

    final @Nullable Coverage coverage;
    long cookie;

    /** Whether the whole command was handed to the socket. */
    boolean sent;

    /** Whether the answer has reported extents. */
    boolean hasStatus;

    @Nullable
    BlockError error;

    /**
     * Makes a command.
     *
     * @param type the type under its name in {@link Nbd}
     * @param flags the command flags
     * @param offset offset in the export (bytes)
     * @param length length (bytes)
     * @param data {@code length} bytes between position and limit for a read or write; null for other commands
     */
    protected Command(int type, int flags, long offset, long length, @Nullable ByteBuffer data) {
        this.type = type;
        this.flags = flags;
        this.offset = offset;
        this.length = length;
        this.data = data;
        coverage = type == Nbd.NBD_CMD_READ ? new Coverage((int) length) : null;
    }

    /**
     * Takes the answer of the server. Called at most once, and not if the connection fails before.
     *
     * @param answer the error; null on success
     */
    protected abstract void answered(@Nullable BlockError answer);

    /**
     * Takes the next extent of a block status.
     *
     * @param bytes length of the extent (bytes), 1 or more; may exceed the range
     * @param hole whether it is unallocated and reads as zeroes
     */
    protected void extent(long bytes, boolean hole) {}

    /** Returns the offset of the command in its export (bytes). */
    protected final long offset() {
        return offset;
    }

    /** Returns the length of the range (bytes). */
    protected final long length() {
        return length;
    }

    /** Returns a view of the data with a separate position and limit. */
    ByteBuffer bytes(int from, int count) {
        if (data == null) {
            throw new IllegalStateException("a command without data");
        }
        return data.slice(data.position() + from, count);
    }
}
