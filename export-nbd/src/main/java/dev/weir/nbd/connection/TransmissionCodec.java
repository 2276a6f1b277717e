package dev.weir.nbd.connection;

import dev.weir.block.BlockError;
import dev.weir.block.Operation;
import dev.weir.drive.Drive;
import dev.weir.nbd.net.BufferPool;
import dev.weir.nbd.protocol.NegotiatedSession;
import dev.weir.nbd.protocol.ReplyWriter;
import dev.weir.nbd.protocol.RequestError;
import dev.weir.nbd.protocol.RequestHeader;
import dev.weir.nbd.protocol.RequestRules;
import dev.weir.nbd.spec.Nbd;
import dev.weir.nbd.spec.NbdMode;
import java.nio.ByteBuffer;
import java.util.concurrent.Executor;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/**
 * The server side of the transmission phase with one client. It decodes and checks requests. It passes them to the
 * drive and their outcomes to the reply queue. It does not use the socket.
 *
 * <p>Not thread-safe except {@link #completed}, {@link #granted}, {@link #takeTransfer} and {@link #awaitTransfer}.
 */
public final class TransmissionCodec {
    /** Most extents of one block status reply. The client asks again for the rest. */
    static final int MAX_EXTENTS = 2048;

    /** The outcome of {@link #take}. */
    public enum State {
        /** A request or a payload was accepted. */
        TAKEN,
        /** More bytes are needed. */
        INCOMPLETE,
        /**
         * The connection is at its quota. It accepts nothing until the reply queue calls {@link
         * ReplyQueue.Owner#roomAgain}.
         */
        FULL,
        /** The client has sent a disconnect. Its earlier requests are still executed and answered. */
        DISCONNECTED,
        /** The client broke the protocol. Close the connection for the reason in {@link #fault()}. */
        BROKEN
    }

    private final NegotiatedSession agreement;
    private final Drive drive;
    private final RequestHeader header;
    private final ReplyQueue replies;
    private final Executor executor;
    private final Supplier<NbdRequest> newRequest;

    /** A write whose payload is incomplete. */
    private @Nullable NbdRequest incoming;

    /** Whether that payload stays in the socket until the write is released and has its memory. */
    private boolean deferred;

    /** Remaining bytes of a discarded payload. The refused request, if any, is answered after it. */
    private long unwantedBytes;

    private @Nullable NbdRequest refused;

    /** Number of complete payloads. */
    private long completedPayloads;

    /** Discarded bytes of all payloads. */
    private long passedOverBytes;

    private boolean closed;
    private volatile StopMode queued = StopMode.ESHUTDOWN;
    private String fault = "";

    /**
     * Makes a codec for the first byte of the transmission phase.
     *
     * @param client the client in calls of the drive
     * @param executor runs the remaining parts of a long request on the thread that calls {@link #take}
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

    /**
     * Accepts as many requests as possible. Pass the unread bytes again, with more bytes behind them or when the
     * connection may retry.
     */
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

    /**
     * Returns the progress of all payloads (bytes). A complete payload counts as a whole step of {@link Progress}.
     */
    long progress() {
        ByteBuffer payload = payload();
        return completedPayloads * Progress.STEP_BYTES + passedOverBytes + (payload == null ? 0 : payload.position());
    }

    /** Returns whether the client has to send the rest of a payload. */
    boolean expectsPayload() {
        return unwantedBytes > 0 || payload() != null;
    }

    /** Returns the fault of the client for the log. */
    public String fault() {
        return fault;
    }

    /** Returns the buffer of an incomplete payload or null. It may be filled straight from the socket. */
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

    /** Returns the data of a request in either direction (bytes). */
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
            case Nbd.NBD_CMD_READ -> request.splitRange(Operation.READ, header.offset, header.length, false, false);
            case Nbd.NBD_CMD_TRIM -> request.splitRange(Operation.TRIM, header.offset, header.length, fua, false);
            case Nbd.NBD_CMD_CACHE -> request.splitRange(Operation.CACHE, header.offset, header.length, false, false);
            case Nbd.NBD_CMD_BLOCK_STATUS -> request.blockStatus(header.offset, header.length, maxExtents());
            case Nbd.NBD_CMD_WRITE_ZEROES -> {
                boolean mayUnmap = !header.has(Nbd.NBD_CMD_FLAG_NO_HOLE);
                boolean fast = header.has(Nbd.NBD_CMD_FLAG_FAST_ZERO);
                Operation zero = fast ? Operation.FAST_ZERO : Operation.WRITE_ZEROES;
                request.splitRange(zero, header.offset, header.length, fua, mayUnmap);
            }
            default -> request.splitRange(Operation.FLUSH, 0, 0, false, false);
        }
        drive.submit(request);
    }

    private void expectPayload(NbdRequest request) {
        boolean fua = header.has(Nbd.NBD_CMD_FLAG_FUA);
        request.splitRange(Operation.WRITE, header.offset, header.length, fua, false);
        incoming = request;
        deferred = request.isDeferred();
        if (deferred) {
            request.defer();
            drive.submit(request);
        } else {
            expectPayload(request, request::expectPayload, header.length);
        }
    }

    /** Takes memory for a payload. Without memory, the remaining payload is discarded. */
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

    /** Takes memory for the data of a request that its limits have let go. Returns false if it must wait. */
    boolean takeTransfer(NbdRequest request) {
        return replies.takeTransfer(request);
    }

    /** Calls {@link #granted} once the request has its memory. */
    void awaitTransfer(NbdRequest request) {
        replies.awaitTransfer(request);
    }

    /** Continues with a request that has that memory. Thread-safe. */
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
     * Continues with the next part of a long request or replies. Thread-safe.
     *
     * @param outcome the error of the drive or null
     * @param moreFollow whether this thread completes another request right after this one
     */
    void completed(NbdRequest request, @Nullable BlockError outcome, boolean moreFollow) {
        if (request.awaitsPayload()) {
            long payloadBytes = request.length();
            executor.execute(() -> passOverDeferred(payloadBytes));
        }
        if (outcome == null && request.hasNextPart()) {
            executor.execute(() -> goOn(request));
        } else if (outcome == BlockError.ESHUTDOWN && queued == StopMode.UNANSWERED) {
            request.giveBackData();
            replies.drop(request, moreFollow);
        } else {
            request.finish(outcome == null ? null : RequestError.of(outcome));
            replies.add(request, moreFollow);
        }
    }

    /** Discards the payload of a write that the drive completed before the payload was received. */
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

    /** Accepts nothing more. Sets the treatment of requests that the drive cancels. */
    void stop(StopMode newQueued) {
        queued = newQueued;
        close();
    }

    /**
     * Accepts nothing more. An incomplete request is freed. If the drive has it, it is completed with an error.
     */
    public void close() {
        closed = true;
        NbdRequest write = incoming;
        incoming = null;
        if (write != null && !write.isDeferred()) {
            write.giveBackData();
            replies.forget(write);
        } else if (write != null && !deferred) {
            write.goOn(BlockError.ESHUTDOWN);
        }
        if (refused != null) {
            replies.forget(refused);
            refused = null;
        }
    }

    /** Accepts nothing more. Requests that wait for memory are completed with an error. */
    void abandon(Object client) {
        close();
        replies.withdraw(client).forEach(waiter -> ((NbdRequest) waiter).goOn(BlockError.ESHUTDOWN));
    }
}
