package dev.weir.nbd.connection;

import dev.weir.block.BlockError;
import dev.weir.drive.Drive;
import dev.weir.drive.Operation;
import dev.weir.nbd.net.BufferPool;
import dev.weir.nbd.protocol.Nbd;
import dev.weir.nbd.protocol.NbdMode;
import dev.weir.nbd.protocol.NegotiatedSession;
import dev.weir.nbd.protocol.ReplyWriter;
import dev.weir.nbd.protocol.RequestError;
import dev.weir.nbd.protocol.RequestHeader;
import dev.weir.nbd.protocol.RequestRules;
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
public final class TransmissionCodec {
    /** Extents in one block status reply; the client asks again for the rest. */
    static final int MAX_EXTENTS = 2048;

    /** How far it is. */
    public enum State {
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

    private final NegotiatedSession agreement;
    private final Drive drive;
    private final RequestHeader header;
    private final ReplyQueue replies;
    private final Executor executor;
    private final Supplier<NbdRequest> newRequest;

    /** A write whose payload is not all there. */
    private @Nullable NbdRequest incoming;

    /** Whether that payload is to stay in the socket until the drive has released the write and there is memory for it. */
    private boolean deferred;

    /** What is to come of a payload that is not wanted, in bytes, and the request to reply to after that, if any. */
    private long unwantedBytes;

    private @Nullable NbdRequest refused;

    /** How many payloads were received to the end, and how much of others that are not wanted. */
    private long completedPayloads;

    private long passedOverBytes;

    private boolean closed;
    private volatile StopMode queued = StopMode.ESHUTDOWN;
    private String fault = "";

    /**
     * Starts with the first byte that a client sends in transmission.
     *
     * @param client the client as the drive knows it
     * @param executor runs what is left of a long request on the thread that calls {@link #take}
     */
    public TransmissionCodec(
            Object client, NegotiatedSession agreement, ReplyQueue replies, BufferPool buffers, Executor executor) {
        this.agreement = agreement;
        drive = agreement.drive();
        header = new RequestHeader(agreement.mode());
        this.replies = replies;
        this.executor = executor;
        newRequest = () -> new NbdRequest(client, this, agreement.mode(), buffers);
    }

    /** Takes what it can; what it leaves is to be offered again, with more behind it or when there is room. */
    public State take(ByteBuffer in) {
        State state;
        do {
            state = takeNext(in);
        } while (state == State.TAKEN);
        return state;
    }

    private State takeNext(ByteBuffer in) {
        if (unwantedBytes > 0) {
            return passOver(in);
        }
        NbdRequest write = incoming;
        if (write == null) {
            return takeRequest(in);
        }
        ByteBuffer payload = write.data();
        return deferred || payload == null ? State.FULL : fill(payload, in, write);
    }

    /** Returns how far payloads have come, in bytes; one that is complete counts as a whole step. */
    long progress() {
        ByteBuffer payload = payload();
        return completedPayloads * Progress.STEP_BYTES + passedOverBytes + (payload == null ? 0 : payload.position());
    }

    /** Returns whether a payload is expected from the client. */
    boolean expectsPayload() {
        return unwantedBytes > 0 || payload() != null;
    }

    /** Returns why the client is cut off, for the log. */
    public String fault() {
        return fault;
    }

    /** Returns what is to come of a wanted payload, to be filled from the socket, or null. */
    @Nullable
    ByteBuffer payload() {
        return incoming == null ? null : incoming.data();
    }

    private State takeRequest(ByteBuffer in) {
        if (in.remaining() >= Integer.BYTES && in.getInt(in.position()) != agreement.mode().requestMagic) {
            fault = "request magic 0x" + Integer.toHexString(in.getInt(in.position())) + ": must be 0x"
                    + Integer.toHexString(agreement.mode().requestMagic);
            return State.BROKEN;
        }
        if (!header.read(in)) {
            return State.INCOMPLETE;
        }
        return header.type == Nbd.NBD_CMD_DISC ? State.DISCONNECTED : takeCommand(in);
    }

    private State takeCommand(ByteBuffer in) {
        if (agreement.mode() == NbdMode.EXTENDED && isLong(header.payloadBytes)) {
            fault = "a payload of " + Long.toUnsignedString(header.payloadBytes) + " bytes: must be at most "
                    + Drive.MAX_TRANSFER;
            return State.BROKEN;
        }
        RequestError error = RequestRules.error(header, agreement);
        if (error == null && !replies.isPossible(carries())) {
            error = RequestError.NO_MEMORY;
        }
        boolean payload = error == null && header.type == Nbd.NBD_CMD_WRITE;
        NbdRequest request = replies.begin(error == null ? carries() : 0, payload, newRequest);
        if (request == null) {
            return State.FULL;
        }
        request.begin(header.cookie, header.offset);
        in.position(in.position() + header.bytes);
        if (error != null) {
            refuse(request, error, header.payloadBytes);
        } else if (header.type == Nbd.NBD_CMD_WRITE) {
            expectPayload(request);
        } else {
            start(request);
        }
        return State.TAKEN;
    }

    private static boolean isLong(long payloadBytes) {
        return payloadBytes < 0 || payloadBytes > Drive.MAX_TRANSFER;
    }

    /** Returns what a request carries, in either direction, in bytes. */
    private long carries() {
        return switch (header.type) {
            case Nbd.NBD_CMD_READ, Nbd.NBD_CMD_WRITE -> header.length;
            case Nbd.NBD_CMD_BLOCK_STATUS -> (long) maxExtents() * ReplyWriter.extentBytes(agreement.mode());
            default -> 0;
        };
    }

    private int maxExtents() {
        return header.has(Nbd.NBD_CMD_FLAG_REQ_ONE) ? 1 : MAX_EXTENTS;
    }

    private void start(NbdRequest request) {
        boolean fua = header.has(Nbd.NBD_CMD_FLAG_FUA);
        switch (header.type) {
            case Nbd.NBD_CMD_READ -> request.range(Operation.READ, header.offset, header.length, false, false);
            case Nbd.NBD_CMD_TRIM -> request.range(Operation.TRIM, header.offset, header.length, fua, false);
            case Nbd.NBD_CMD_CACHE -> request.range(Operation.CACHE, header.offset, header.length, false, false);
            case Nbd.NBD_CMD_BLOCK_STATUS -> request.blockStatus(header.offset, header.length, maxExtents());
            case Nbd.NBD_CMD_WRITE_ZEROES -> {
                boolean mayUnmap = !header.has(Nbd.NBD_CMD_FLAG_NO_HOLE);
                boolean fast = header.has(Nbd.NBD_CMD_FLAG_FAST_ZERO);
                Operation zero = fast ? Operation.FAST_ZERO : Operation.WRITE_ZEROES;
                request.range(zero, header.offset, header.length, fua, mayUnmap);
            }
            default -> request.range(Operation.FLUSH, 0, 0, false, false);
        }
        drive.submit(request);
    }

    private void expectPayload(NbdRequest request) {
        boolean fua = header.has(Nbd.NBD_CMD_FLAG_FUA);
        request.range(Operation.WRITE, header.offset, header.length, fua, false);
        incoming = request;
        deferred = request.isDeferred();
        if (deferred) {
            request.defer();
            drive.submit(request);
        } else {
            expectPayload(request, request::expectPayload, header.length);
        }
    }

    /** Takes memory for a payload, or passes over the rest of it. */
    private void expectPayload(NbdRequest request, Runnable takeMemory, long restBytes) {
        try {
            takeMemory.run();
        } catch (OutOfMemoryError e) {
            incoming = null;
            unwantedBytes = restBytes;
            if (request.isDeferred()) {
                request.payloadReceived();
                request.goOn(BlockError.ENOMEM);
            } else {
                request.finish(RequestError.NO_MEMORY);
                refused = request;
            }
        }
    }

    private void refuse(NbdRequest request, RequestError error, long payloadBytes) {
        request.finish(error);
        if (payloadBytes == 0) {
            replies.add(request, false);
        } else {
            refused = request;
            unwantedBytes = payloadBytes;
        }
    }

    private State passOver(ByteBuffer in) {
        int here = (int) Math.min(in.remaining(), unwantedBytes);
        in.position(in.position() + here);
        unwantedBytes -= here;
        passedOverBytes += here;
        if (unwantedBytes > 0) {
            return State.INCOMPLETE;
        }
        if (refused != null) {
            replies.add(refused, false);
            refused = null;
        }
        return State.TAKEN;
    }

    private State fill(ByteBuffer payload, ByteBuffer in, NbdRequest write) {
        int here = Math.min(in.remaining(), payload.remaining());
        payload.put(payload.position(), in, in.position(), here).position(payload.position() + here);
        in.position(in.position() + here);
        if (payload.hasRemaining()) {
            return State.INCOMPLETE;
        }
        if (payload.limit() < write.length()) {
            expectPayload(write, write::expectMorePayload, write.length() - payload.limit());
            return State.TAKEN;
        }
        incoming = null;
        completedPayloads++;
        payload.flip();
        write.payloadReceived();
        if (write.isDeferred()) {
            write.goOn(null);
        } else {
            drive.submit(write);
        }
        return State.TAKEN;
    }

    /** Returns whether a request that was released has its memory now. */
    boolean takeTransfer(NbdRequest request) {
        return replies.takeTransfer(request);
    }

    /** Has {@link #granted} called once a request has its memory. */
    void awaitTransfer(NbdRequest request) {
        replies.awaitTransfer(request);
    }

    /** Goes on with a request that was released and has its memory. Called by any thread. */
    void granted(NbdRequest request) {
        executor.execute(() -> goOnGranted(request));
    }

    private void goOnGranted(NbdRequest request) {
        if (closed) {
            request.goOn(BlockError.ESHUTDOWN);
        } else if (request.isDeferred()) {
            deferred = false;
            expectPayload(request, request::expectPayload, request.length());
            replies.roomAgain();
        } else {
            request.goOn(null);
        }
    }

    /**
     * Goes on with a long request, or replies.
     *
     * @param moreFollow whether this thread does that for another one right after this
     */
    void completed(NbdRequest request, @Nullable BlockError outcome, boolean moreFollow) {
        if (request.awaitsPayload()) {
            long payloadBytes = request.length();
            executor.execute(() -> passOverDeferred(payloadBytes));
        }
        if (outcome == null && request.hasMore()) {
            executor.execute(() -> goOn(request));
        } else if (outcome == BlockError.ESHUTDOWN && queued == StopMode.UNANSWERED) {
            request.releaseData();
            replies.drop(request, moreFollow);
        } else {
            request.finish(outcome == null ? null : RequestError.of(outcome));
            replies.add(request, moreFollow);
        }
    }

    /** The drive has ended a write before its payload was taken from the socket. */
    private void passOverDeferred(long payloadBytes) {
        if (deferred && incoming != null) {
            incoming = null;
            deferred = false;
            unwantedBytes = payloadBytes;
            replies.roomAgain();
        }
    }

    private void goOn(NbdRequest request) {
        if (closed) {
            completed(request, BlockError.ESHUTDOWN, false);
        } else {
            request.nextPart();
            drive.submit(request);
        }
    }

    /** Takes nothing more, and says what is to be done with requests that the drive will not do any more. */
    void stop(StopMode newQueued) {
        queued = newQueued;
        close();
    }

    /** Takes nothing more; a request that is not all there is forgotten, or ends if the drive has it. */
    public void close() {
        closed = true;
        NbdRequest write = incoming;
        incoming = null;
        if (write != null && !write.isDeferred()) {
            write.releaseData();
            replies.forget(write);
        } else if (write != null && !deferred) {
            write.goOn(BlockError.ESHUTDOWN);
        }
        if (refused != null) {
            replies.forget(refused);
            refused = null;
        }
    }

    /** Takes nothing more, and ends what still waits for memory. */
    void abandon(Object client) {
        close();
        replies.withdraw(client).forEach(waiter -> ((NbdRequest) waiter).goOn(BlockError.ESHUTDOWN));
    }
}
