package dev.weir.backend.nbd.connection;

import static java.nio.charset.StandardCharsets.UTF_8;

import dev.weir.backend.nbd.protocol.FarExport;
import dev.weir.backend.nbd.protocol.ProtocolException;
import dev.weir.backend.nbd.protocol.ReplyHeader;
import dev.weir.block.BlockError;
import dev.weir.log.PlainText;
import dev.weir.nbd.spec.Nbd;
import dev.weir.nbd.spec.NbdMode;
import java.nio.ByteBuffer;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Parses the replies of one connection and checks every byte of them. Data goes into the buffers of the reads.
 *
 * <p>Not thread-safe.
 */
final class ReplyReader {
    private static final Logger LOG = LoggerFactory.getLogger(ReplyReader.class);
    private static final byte[] ZEROES = new byte[4096];

    /** Longest payload with extents (bytes). It is parsed piece by piece. */
    private static final long MAX_STATUS_BYTES = 64 << 20;

    /** Longest payload of an error (bytes): number, text and offset. */
    private static final int MAX_ERROR_BYTES = Integer.BYTES + Short.BYTES + Nbd.MAX_STRING_BYTES + Long.BYTES;

    private static final int HOLE_BYTES = Long.BYTES + Integer.BYTES;
    private static final int HOLE = Nbd.NBD_STATE_HOLE | Nbd.NBD_STATE_ZERO;
    private static final int MAX_SHOWN = 200;

    private final FarExport export;
    private final CommandSlots inFlight;
    private final ReplyHeader header;

    /** The command of the header whose payload is being taken. */
    private @Nullable Command current;

    /** Room of the data that is being received. */
    private @Nullable ByteBuffer destination;

    /** Bytes of extents that follow; -1 before the first. */
    private long statusBytes = -1;

    ReplyReader(FarExport export, CommandSlots inFlight) {
        this.export = export;
        this.inFlight = inFlight;
        header = new ReplyHeader(export.mode());
    }

    /** Returns the room that the next bytes of the socket fill. Null if they belong to {@link #take}. */
    @Nullable
    ByteBuffer destination() {
        return destination != null && destination.hasRemaining() ? destination : null;
    }

    /**
     * Takes the bytes between position and limit as far as they are complete.
     *
     * @return the next answered command; null if more bytes are needed
     * @throws ProtocolException if they break the protocol
     */
    @Nullable
    Command take(ByteBuffer in) throws ProtocolException {
        while (true) {
            Command command = current;
            if (command == null) {
                if (!header.read(in)) {
                    return null;
                }
                command = find();
                current = command;
            }
            if (!(header.simple ? takeSimple(command, in) : takeChunk(command, in))) {
                return null;
            }
            current = null;
            if (header.last) {
                finish(command);
                return command;
            }
        }
    }

    private Command find() throws ProtocolException {
        Command command = inFlight.get(header.cookie);
        if (command == null || !command.sent) {
            throw new ProtocolException("it answers a request that was not sent");
        }
        if (!header.simple && export.mode() == NbdMode.EXTENDED && header.offset != command.offset) {
            throw new ProtocolException("it answers a request with the offset of another one");
        }
        return command;
    }

    private void finish(Command command) throws ProtocolException {
        inFlight.remove(command);
        if (command.error != null) {
            return;
        }
        if (command.coverage != null && !command.coverage.isComplete()) {
            throw new ProtocolException("it ends a read without all of its data");
        }
        if (command.type == Nbd.NBD_CMD_BLOCK_STATUS && !command.hasStatus) {
            throw new ProtocolException("it ends a block status without extents");
        }
    }

    private boolean takeSimple(Command command, ByteBuffer in) throws ProtocolException {
        if (header.error != 0) {
            command.error = error(header.error);
            return true;
        }
        if (command.type != Nbd.NBD_CMD_READ) {
            return true;
        }
        if (export.mode() != NbdMode.SIMPLE) {
            throw new ProtocolException("it sends data without a structured reply");
        }
        return takeData(command, in, command.offset, command.length);
    }

    private boolean takeChunk(Command command, ByteBuffer in) throws ProtocolException {
        if (header.isError()) {
            return takeError(command, in);
        }
        return switch (header.type) {
            case Nbd.NBD_REPLY_TYPE_NONE -> {
                check(header.last && header.payloadBytes == 0);
                yield true;
            }
            case Nbd.NBD_REPLY_TYPE_OFFSET_DATA -> takeOffsetData(command, in);
            case Nbd.NBD_REPLY_TYPE_OFFSET_HOLE -> takeHole(command, in);
            case Nbd.NBD_REPLY_TYPE_BLOCK_STATUS -> takeStatus(command, in, false);
            case Nbd.NBD_REPLY_TYPE_BLOCK_STATUS_EXT -> takeStatus(command, in, true);
            default -> throw new ProtocolException("it sends a chunk of the unknown type " + header.type);
        };
    }

    private void check(boolean valid) throws ProtocolException {
        if (!valid) {
            throw new ProtocolException("it sends a chunk of type " + header.type + " with " + header.payloadBytes
                    + " bytes, which is wrong in this place");
        }
    }

    private boolean takeError(Command command, ByteBuffer in) throws ProtocolException {
        check(header.payloadBytes >= Integer.BYTES + Short.BYTES && header.payloadBytes <= MAX_ERROR_BYTES);
        if (in.remaining() < header.payloadBytes) {
            return false;
        }
        int end = in.position() + (int) header.payloadBytes;
        int number = in.getInt();
        int text = Short.toUnsignedInt(in.getShort());
        check(number != 0 && text <= end - in.position());
        if (LOG.isDebugEnabled()) {
            LOG.debug("error {}: {}", number, shown(in.slice(in.position(), text)));
        }
        in.position(end);
        command.error = error(number);
        return true;
    }

    private static String shown(ByteBuffer text) {
        return PlainText.of(UTF_8.decode(text).toString(), MAX_SHOWN);
    }

    private boolean takeOffsetData(Command command, ByteBuffer in) throws ProtocolException {
        if (destination != null) {
            return takeData(command, in, 0, 0);
        }
        check(command.coverage != null && header.payloadBytes > Long.BYTES);
        if (in.remaining() < Long.BYTES) {
            return false;
        }
        return takeData(command, in, in.getLong(), header.payloadBytes - Long.BYTES);
    }

    /** Takes data that arrived with the header. The rest goes from the socket to the {@link #destination}. */
    private boolean takeData(Command command, ByteBuffer in, long offset, long bytes) throws ProtocolException {
        ByteBuffer to = destination;
        if (to == null) {
            to = room(command, offset, bytes);
            destination = to;
        }
        int count = Math.min(to.remaining(), in.remaining());
        to.put(in.slice(in.position(), count));
        in.position(in.position() + count);
        if (to.hasRemaining()) {
            return false;
        }
        destination = null;
        return true;
    }

    private static ByteBuffer room(Command command, long offset, long bytes) throws ProtocolException {
        if (command.coverage == null) {
            throw new IllegalStateException("only a read has data");
        }
        command.coverage.add(offset - command.offset, bytes);
        return command.bytes((int) (offset - command.offset), (int) bytes);
    }

    private boolean takeHole(Command command, ByteBuffer in) throws ProtocolException {
        check(command.coverage != null && header.payloadBytes == HOLE_BYTES);
        if (in.remaining() < HOLE_BYTES) {
            return false;
        }
        ByteBuffer hole = room(command, in.getLong(), Integer.toUnsignedLong(in.getInt()));
        while (hole.hasRemaining()) {
            hole.put(ZEROES, 0, Math.min(ZEROES.length, hole.remaining()));
        }
        return true;
    }

    private boolean takeStatus(Command command, ByteBuffer in, boolean wide) throws ProtocolException {
        int headBytes = wide ? 2 * Integer.BYTES : Integer.BYTES;
        int extentBytes = wide ? 2 * Long.BYTES : 2 * Integer.BYTES;
        if (statusBytes < 0) {
            long bytes = header.payloadBytes - headBytes;
            check(command.type == Nbd.NBD_CMD_BLOCK_STATUS && !command.hasStatus);
            check(wide == (export.mode() == NbdMode.EXTENDED));
            check(bytes > 0 && bytes <= MAX_STATUS_BYTES && bytes % extentBytes == 0);
            if (in.remaining() < headBytes) {
                return false;
            }
            check(Integer.toUnsignedLong(in.getInt()) == export.allocationId());
            check(!wide || Integer.toUnsignedLong(in.getInt()) == bytes / extentBytes);
            command.hasStatus = true;
            statusBytes = bytes;
        }
        for (; statusBytes > 0 && in.remaining() >= extentBytes; statusBytes -= extentBytes) {
            long length = wide ? in.getLong() : Integer.toUnsignedLong(in.getInt());
            long state = wide ? in.getLong() : Integer.toUnsignedLong(in.getInt());
            if (length <= 0) {
                throw new ProtocolException("it reports an extent of " + Long.toUnsignedString(length) + " bytes");
            }
            command.extent(length, (state & HOLE) == HOLE);
        }
        if (statusBytes > 0) {
            return false;
        }
        statusBytes = -1;
        return true;
    }

    private static BlockError error(int number) {
        return switch (number) {
            case Nbd.NBD_EPERM -> BlockError.EPERM;
            case Nbd.NBD_ENOMEM -> BlockError.ENOMEM;
            case Nbd.NBD_EINVAL, Nbd.NBD_EOVERFLOW -> BlockError.EINVAL;
            case Nbd.NBD_ENOSPC -> BlockError.ENOSPC;
            case Nbd.NBD_ENOTSUP -> BlockError.ENOTSUP;
            case Nbd.NBD_ESHUTDOWN -> BlockError.ESHUTDOWN;
            default -> BlockError.EIO;
        };
    }
}
