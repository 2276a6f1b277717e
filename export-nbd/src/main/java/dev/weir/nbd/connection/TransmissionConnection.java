package dev.weir.nbd.connection;

import dev.weir.drive.Drive;
import dev.weir.nbd.connection.TransmissionCodec.State;
import dev.weir.nbd.net.EventLoop;
import dev.weir.nbd.net.Sockets;
import dev.weir.nbd.net.Ticker;
import dev.weir.nbd.protocol.NegotiatedSession;
import dev.weir.nbd.quota.ClientQuotas;
import dev.weir.nbd.quota.DriveAccount;
import dev.weir.nbd.quota.ServerState;
import dev.weir.nbd.wire.Identity;
import dev.weir.nbd.wire.Wire;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.CancelledKeyException;
import java.nio.channels.SelectionKey;
import java.nio.channels.SocketChannel;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * A connection in the transmission phase. Applies backpressure to the client: reads its requests only while
 * {@link InFlight} is below the quotas and the client reads the replies. If the socket is full, it writes the remaining
 * replies when the socket becomes writable. Its drive sees it as the client. Confined to the thread of its event loop
 * except the methods of {@link ReplyQueue.Owner}.
 */
final class TransmissionConnection implements Connection, ReplyQueue.Owner, Ticker.Task {
    private static final Logger LOG = LoggerFactory.getLogger(TransmissionConnection.class);

    /** Most reads per turn. Then the other connections of the thread have theirs. */
    static final int MAX_READS_PER_TURN = 4;

    private final EventLoop loop;
    private final Wire wire;
    private final SelectionKey key;
    private final String client;
    private final Inbox inbox;
    private final Drive drive;
    private final ReplyQueue replies;
    private final TransmissionCodec transmission;
    private final ServerState commons;

    /** Whether the connection accepts no more requests and closes after the last reply. */
    private boolean ending;

    /** Whether the connection is at its quota and not read from. */
    private boolean full;

    /**
     * Whether the connection is checked at every tick: it is full or ending, or its client must read replies or send
     * a payload.
     */
    private volatile boolean ticking;

    /** Whether the send buffer of the socket was enlarged after it was full of a long reply. */
    private volatile boolean wide;

    private final StallWatch stalls;
    private final DriveAccount account;
    private final Runnable leave;

    TransmissionConnection(
            EventLoop loop,
            Wire wire,
            SelectionKey key,
            String client,
            Inbox inbox,
            NegotiatedSession agreement,
            ServerState commons,
            DriveAccount account,
            Runnable leave) {
        this.loop = loop;
        this.wire = wire;
        this.key = key;
        this.client = client;
        this.inbox = inbox;
        inbox.beginTransmission();
        drive = agreement.drive();
        this.commons = commons;
        this.account = account;
        this.leave = leave;
        ClientQuotas limits = commons.limits();
        stalls = new StallWatch(limits, commons.budget);
        replies = new ReplyQueue(this, wire, loop.pool(), limits, commons.budget, account);
        transmission = new TransmissionCodec(this, agreement, replies, loop.pool(), loop);
    }

    @Override
    public void ready(int operations) throws IOException {
        if (!wire.isOpen()) {
            return;
        }
        if ((operations & SelectionKey.OP_WRITE) != 0) {
            key.interestOpsAnd(~SelectionKey.OP_WRITE);
            replies.writeOn();
            // replies may be done while TLS still has records to send
            awaitFlush();
        }
        if (isUnread()) {
            // no new requests while replies are unread: they come in one batch later (see docs/design/decisions/019)
            awaitRequests(false);
        } else {
            read();
        }
    }

    /** Returns whether the socket is full of replies. */
    private boolean isUnread() {
        return (key.interestOps() & SelectionKey.OP_WRITE) != 0;
    }

    /** Accepts the available requests within a turn. Their replies are written together at the end. */
    private void read() throws IOException {
        if (ending) {
            discard();
            return;
        }
        State state;
        // one system call for the replies of a turn (see docs/design/decisions/019)
        replies.cork();
        try {
            state = takeWhatIsThere();
        } finally {
            replies.uncork();
        }
        if (state == null) {
            close("the client closed the connection");
        } else if (state == State.BROKEN) {
            commons.cutOffs.cutOff(client, transmission.fault());
            close("cut off");
        } else if (state == State.DISCONNECTED) {
            end("the client disconnected");
        } else {
            full = state == State.FULL;
            awaitRequests(!full);
            awaitFlush();
            if (transmission.payload() != null && inbox.isFlowing()) {
                // the client is in the middle of a write: a short poll saves a sleep (see docs/design/decisions/019)
                loop.expectMore();
            }
            if (full || transmission.expectsPayload()) {
                startTicking();
            }
            // decrypted requests do not make the socket readable again
            if (!full && wire.hasMore()) {
                loop.execute(this::goOn);
            }
        }
    }

    /** Sends pending TLS output that no reply would send. */
    private void awaitFlush() throws IOException {
        if (!wire.flush()) {
            awaitWritable(false);
        }
    }

    /** Returns the state after the last request or null at the end of the stream. */
    private @Nullable State takeWhatIsThere() throws IOException {
        State state = take(inbox.rest());
        for (int reads = 0; state == State.INCOMPLETE && reads < MAX_READS_PER_TURN; reads++) {
            ByteBuffer in = inbox.receive(transmission.payload());
            if (in == null) {
                return null;
            }
            state = take(in);
            if (inbox.isDrained()) {
                // another read would probably return nothing
                break;
            }
        }
        return state;
    }

    private State take(ByteBuffer in) {
        int before = in.remaining();
        State state = transmission.take(in);
        if (in.remaining() < before) {
            loop.tookRequests();
        }
        inbox.keep(in);
        return state;
    }

    private void awaitRequests(boolean wanted) {
        if (wanted) {
            key.interestOpsOr(SelectionKey.OP_READ);
        } else {
            key.interestOpsAnd(~SelectionKey.OP_READ);
        }
    }

    private void startTicking() {
        if (!ticking) {
            loop.ticker().add(this);
            ticking = true;
        }
    }

    /** Discards input of a client whose connection ends. It still detects a hang-up. */
    private void discard() throws IOException {
        ByteBuffer in = inbox.receive(null);
        if (in == null) {
            close("the client hung up");
        }
    }

    /**
     * Checks timeouts. Detects a hang-up of a client that is not read from. Cuts off a stalled client that keeps
     * memory from others.
     */
    @Override
    public boolean tick() {
        if (!wire.isOpen()) {
            return false;
        }
        boolean isUnread = isUnread();
        boolean isUnsent = !ending && !full && transmission.expectsPayload();
        try {
            if (isStalled(isUnread, isUnsent)) {
                return false;
            }
            if (isUnread || full) {
                // some clients read only after sending everything: not reading would deadlock with them
                read();
            }
            if (full && wire.isOpen() && !inbox.readAhead()) {
                close("the client closed the connection");
            }
            watchForHangup();
        } catch (IOException e) {
            close(String.valueOf(e.getMessage()));
        }
        ticking = wire.isOpen() && (isUnread || isUnsent || full || ending);
        return ticking;
    }

    /** Cuts off a stalled client. Closes a connection that takes too long to end. Returns whether it did. */
    private boolean isStalled(boolean isUnread, boolean isUnsent) {
        String stalled = stalls.tick(isUnread, replies.writtenBytes(), isUnsent, transmission.progress());
        if (stalled != null) {
            commons.cutOffs.cutOff(client, stalled);
            close("cut off");
            return true;
        }
        String late = ending ? stalls.tickEnding() : null;
        if (late != null) {
            close(late);
        }
        return late != null;
    }

    private void watchForHangup() throws IOException {
        // no OP_READ interest while full, so the selector would miss a hang-up (see docs/design/decisions/013)
        if (full && !ending && wire.isOpen()) {
            loop.hangups().watch((SocketChannel) key.channel(), this);
        } else {
            loop.hangups().unwatch((SocketChannel) key.channel());
        }
    }

    /** Closes the connection after the last reply. A hang-up of the client or the stall timeout closes it earlier. */
    private void end(String why) {
        ending = true;
        full = false;
        inbox.discard();
        if (replies.isDone()) {
            close(why);
        } else {
            // reads on only to detect a hang-up
            awaitRequests(true);
            startTicking();
        }
    }

    @Override
    public boolean uses(String name) {
        return drive.name().equals(name);
    }

    @Override
    public Identity peer() {
        return wire.peer();
    }

    @Override
    public void serverStops(StopMode queued) {
        if (wire.isOpen()) {
            // stop() first: it decides how requests that cancel() ends are answered (see docs/design/decisions/021)
            transmission.stop(queued);
            drive.cancel(this);
            end("the server stops");
        }
    }

    @Override
    public void driveGone(Drive gone) {
        if (gone == drive && wire.isOpen()) {
            transmission.close();
            end("drive " + gone.name() + " is gone");
        }
    }

    @Override
    public void notAllowed(Drive forbidden) {
        if (forbidden == drive) {
            close("it may no longer use drive " + drive.name());
        }
    }

    @Override
    public void close(String why) {
        if (!wire.isOpen()) {
            return;
        }
        Sockets.close(wire);
        // every step, also after an error such as an OutOfMemoryError: no second call would do it
        try {
            leave.run();
        } finally {
            try {
                commons.unuse(account, wire.isSecure());
            } finally {
                endRequests();
            }
        }
        LOG.debug("{} is closed: {}", client, why);
    }

    private void endRequests() {
        try {
            // before the requests end, so that their replies are discarded
            replies.close();
            transmission.abandon(this);
        } finally {
            try {
                inbox.discard();
            } finally {
                drive.cancel(this);
            }
        }
    }

    @Override
    public boolean ownThread() {
        return loop.inLoop();
    }

    @Override
    public void awaitWritable(boolean longReply) {
        if (longReply && !wide) {
            // once only: a larger buffer slows short replies down (see docs/design/decisions/019)
            wide = true;
            Sockets.widen((SocketChannel) key.channel());
        }
        try {
            key.interestOpsOr(SelectionKey.OP_WRITE);
            if (ticking) {
                // the selector reads changed interests only at its next select
                loop.wakeup();
            } else {
                loop.execute(this::startTicking);
            }
        } catch (CancelledKeyException e) {
            LOG.trace("{} was closed meanwhile", client, e);
        }
    }

    @Override
    public void roomAgain() {
        // a task because any thread may call this, even within a read of this connection
        loop.execute(this::goOn);
    }

    private void goOn() {
        if (!ending) {
            loop.serve(this, SelectionKey.OP_READ);
        } else if (wire.isOpen() && replies.isDone()) {
            close("all requests are answered");
        }
    }

    @Override
    public void failed(Throwable cause) {
        loop.execute(() -> close(String.valueOf(cause.getMessage())));
    }

    @Override
    public String toString() {
        return client;
    }
}
