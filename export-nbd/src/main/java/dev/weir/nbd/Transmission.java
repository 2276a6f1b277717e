package dev.weir.nbd;

import dev.weir.block.BlockError;
import dev.weir.drive.Drive;
import dev.weir.drive.Operation;
import java.nio.ByteBuffer;
import java.util.concurrent.Executor;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/**
 * The server's side of transmission with one client: takes requests out of bytes, no socket. It checks them,
 * hands them to the drive and the outcome to the reply queue.
 *
 * <p>Not thread-safe, but for {@link #completed}, which any thread may call.
 */
final class Transmission {

    /** How far it is. */
    enum State {
        /** It took a request, or a payload. */
        TAKEN,
        /** It needs more bytes than there are. */
        INCOMPLETE,
        /** It takes nothing until the reply queue has room again. */
        FULL,
        /** The client has left; what it asked for is still to be done and answered. */
        DISCONNECTED,
        /** The connection must be closed, for {@link #fault()}. */
        BROKEN
    }

    private final Drive drive;
    private final ReplyQueue replies;
    private final BufferPool buffers;
    private final Executor executor;
    private final Supplier<NbdRequest> newRequest;

    /** A write whose payload is not all there. */
    private @Nullable NbdRequest incoming;

    /** What is to come of the payload if it is not wanted, in bytes. */
    private long unwantedBytes;

    private boolean closed;
    private volatile Queued queued = Queued.ESHUTDOWN;
    private String fault = "";

    /**
     * Starts with the first byte that a client sends in transmission.
     *
     * @param client the client as the drive knows it
     * @param executor runs what is left of a long request on the thread that calls {@link #take}
     */
    Transmission(Object client, Drive drive, ReplyQueue replies, BufferPool buffers, Executor executor) {
        this.drive = drive;
        this.replies = replies;
        this.buffers = buffers;
        this.executor = executor;
        newRequest = () -> new NbdRequest(client, this, this.buffers);
    }

    /** Takes what it can; what it leaves is to be offered again, with more behind it or when there is room. */
    State take(ByteBuffer in) {
        State state;
        do {
            state = incoming != null ? takePayload(in, incoming) : takeRequest(in);
        } while (state == State.TAKEN);
        return state;
    }

    /** Returns why the client is cut off, for the log. */
    String fault() {
        return fault;
    }

    /** Returns what is to come of a wanted payload, to be filled from the socket, or null. */
    @Nullable
    ByteBuffer payload() {
        return incoming == null ? null : incoming.data();
    }

    private State takeRequest(ByteBuffer in) {
        if (in.remaining() < Nbd.REQUEST_BYTES) {
            return State.INCOMPLETE;
        }
        int at = in.position();
        if (in.getInt(at) != Nbd.NBD_REQUEST_MAGIC) {
            fault = "request magic 0x" + Integer.toHexString(in.getInt(at)) + ": must be NBD_REQUEST_MAGIC";
            return State.BROKEN;
        }
        int type = Short.toUnsignedInt(in.getShort(at + 6));
        return type == Nbd.NBD_CMD_DISC ? State.DISCONNECTED : takeCommand(in, type);
    }

    private State takeCommand(ByteBuffer in, int type) {
        int at = in.position();
        int flags = Short.toUnsignedInt(in.getShort(at + 4));
        long offset = in.getLong(at + 16);
        long length = Integer.toUnsignedLong(in.getInt(at + 24));
        int error = RequestRules.error(flags, type, offset, length, drive);
        boolean carries = error == Nbd.NBD_SUCCESS && (type == Nbd.NBD_CMD_READ || type == Nbd.NBD_CMD_WRITE);
        NbdRequest request = replies.begin(carries ? length : 0, newRequest);
        if (request == null) {
            return State.FULL;
        }
        request.begin(in.getLong(at + 8));
        in.position(at + Nbd.REQUEST_BYTES);
        if (error != Nbd.NBD_SUCCESS) {
            refuse(request, error, type == Nbd.NBD_CMD_WRITE ? length : 0);
        } else {
            start(request, flags, type, offset, length);
        }
        return State.TAKEN;
    }

    private void start(NbdRequest request, int flags, int type, long offset, long length) {
        boolean fua = (flags & Nbd.NBD_CMD_FLAG_FUA) != 0;
        switch (type) {
            case Nbd.NBD_CMD_READ -> request.range(Operation.READ, offset, length, false, false);
            case Nbd.NBD_CMD_WRITE -> request.range(Operation.WRITE, offset, length, fua, false);
            case Nbd.NBD_CMD_TRIM -> request.range(Operation.TRIM, offset, length, fua, false);
            case Nbd.NBD_CMD_WRITE_ZEROES -> {
                boolean mayUnmap = (flags & Nbd.NBD_CMD_FLAG_NO_HOLE) == 0;
                request.range(Operation.WRITE_ZEROES, offset, length, fua, mayUnmap);
            }
            default -> request.range(Operation.FLUSH, 0, 0, false, false);
        }
        if (type == Nbd.NBD_CMD_WRITE) {
            expectPayload(request, (int) length);
        } else {
            drive.submit(request);
        }
    }

    private void expectPayload(NbdRequest request, int length) {
        try {
            request.expectPayload(length);
            incoming = request;
        } catch (OutOfMemoryError e) {
            refuse(request, Nbd.NBD_ENOMEM, length);
        }
    }

    private void refuse(NbdRequest request, int error, long payloadBytes) {
        request.finish(error);
        if (payloadBytes == 0) {
            replies.add(request);
        } else {
            incoming = request;
            unwantedBytes = payloadBytes;
        }
    }

    private State takePayload(ByteBuffer in, NbdRequest write) {
        ByteBuffer payload = write.data();
        return payload == null ? passOver(in, write) : fill(payload, in, write);
    }

    private State passOver(ByteBuffer in, NbdRequest write) {
        int here = (int) Math.min(in.remaining(), unwantedBytes);
        in.position(in.position() + here);
        unwantedBytes -= here;
        if (unwantedBytes > 0) {
            return State.INCOMPLETE;
        }
        incoming = null;
        replies.add(write);
        return State.TAKEN;
    }

    private State fill(ByteBuffer payload, ByteBuffer in, NbdRequest write) {
        int here = Math.min(in.remaining(), payload.remaining());
        payload.put(payload.position(), in, in.position(), here).position(payload.position() + here);
        in.position(in.position() + here);
        if (payload.hasRemaining()) {
            return State.INCOMPLETE;
        }
        incoming = null;
        payload.flip();
        drive.submit(write);
        return State.TAKEN;
    }

    /** Goes on with a long request, or replies. */
    void completed(NbdRequest request, @Nullable BlockError outcome) {
        if (outcome == null && request.hasMore()) {
            executor.execute(() -> goOn(request));
        } else if (outcome == BlockError.ESHUTDOWN && queued == Queued.UNANSWERED) {
            request.releaseData();
            replies.drop(request);
        } else {
            request.finish(Nbd.error(outcome));
            replies.add(request);
        }
    }

    private void goOn(NbdRequest request) {
        if (closed) {
            completed(request, BlockError.ESHUTDOWN);
        } else {
            request.nextPart();
            drive.submit(request);
        }
    }

    /** Takes nothing more, and says what is to be done with requests that the drive will not do any more. */
    void stop(Queued newQueued) {
        queued = newQueued;
        close();
    }

    /** Takes nothing more; a request that is not all there is forgotten. */
    void close() {
        closed = true;
        if (incoming != null) {
            incoming.releaseData();
            replies.forget(incoming);
            incoming = null;
        }
    }
}
