package dev.weir.nbd.connection;

import dev.weir.drive.Drive;
import dev.weir.nbd.net.EventLoop;
import dev.weir.nbd.net.Sockets;
import dev.weir.nbd.net.Ticker;
import dev.weir.nbd.protocol.HandshakeCodec;
import dev.weir.nbd.protocol.HandshakeCodec.Step;
import dev.weir.nbd.protocol.NegotiatedSession;
import dev.weir.nbd.protocol.TlsMode;
import dev.weir.nbd.quota.DriveAccount;
import dev.weir.nbd.quota.ServerState;
import dev.weir.nbd.tls.TlsContext;
import dev.weir.nbd.wire.Identity;
import dev.weir.nbd.wire.PlainWire;
import dev.weir.nbd.wire.Wire;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.SelectionKey;
import java.nio.channels.SocketChannel;
import java.util.Objects;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * A connection in the handshake. It accepts the next message only after all earlier answers were sent. Confined to
 * the thread of its event loop.
 */
public final class HandshakeConnection implements Connection, Ticker.Task {
    private static final Logger LOG = LoggerFactory.getLogger(HandshakeConnection.class);

    private static final byte[] NOTHING = {};

    private final EventLoop loop;
    private final SocketChannel socket;
    private final SelectionKey key;
    private final String client;
    private final Exports exports;
    private final @Nullable TlsContext tls;
    private Wire wire;
    private Inbox inbox;
    private HandshakeCodec handshake;
    private final ServerState commons;
    private final Runnable leave;
    private Step step = Step.TAKEN;
    private long waitedMillis;

    /** Unsent answers. The budget counts its capacity. */
    private ByteBuffer output = ByteBuffer.wrap(NOTHING);

    /**
     * Makes a connection that sends its greeting at the first call of {@link #ready}.
     *
     * @param client the name of the client in logs
     * @param leave frees the seat of the connection when it is closed
     * @param mode the TLS mode of the connection
     * @param tls keys and certificates. Null if TLS is off.
     */
    public HandshakeConnection(
            EventLoop loop,
            SocketChannel socket,
            SelectionKey key,
            String client,
            Exports exports,
            ServerState commons,
            Runnable leave,
            TlsMode mode,
            @Nullable TlsContext tls) {
        this.loop = loop;
        this.socket = socket;
        this.key = key;
        this.client = client;
        this.commons = commons;
        this.leave = leave;
        this.exports = exports;
        this.tls = tls;
        wire = new PlainWire(socket);
        inbox = new Inbox(wire, loop, commons.budget);
        handshake = new HandshakeCodec(exports.visibleTo(wire::peer), mode);
        loop.ticker().add(this);
    }

    /** Cuts the client off at the handshake timeout. */
    @Override
    public boolean tick() {
        boolean over = !socket.isOpen() || isReplaced();
        waitedMillis += Ticker.MILLIS;
        if (!over && waitedMillis > commons.limits().handshakeMillis()) {
            commons.cutOffs.cutOff(
                    client, "it chose no export in " + commons.limits().handshakeMillis() + " ms");
            close("cut off");
            return false;
        }
        return !over;
    }

    @SuppressWarnings("ReferenceEquality") // compares the handler, not its value
    private boolean isReplaced() {
        return key.attachment() != null && key.attachment() != this;
    }

    @Override
    public void ready(int operations) throws IOException {
        ByteBuffer in = inbox.rest();
        if ((operations & SelectionKey.OP_READ) != 0) {
            in = receive();
        }
        if (in == null) {
            close("the client closed the connection");
            return;
        }
        boolean sent;
        do {
            sent = isSent();
            if (!sent) {
                break;
            }
            if (isOver()) {
                inbox.keep(in);
                finish();
                return;
            }
            if (step == Step.STARTTLS) {
                startTls(in);
            }
            step = handshake.take(in);
        } while (step != Step.INCOMPLETE);
        inbox.keep(in);
        key.interestOps(sent ? SelectionKey.OP_READ : SelectionKey.OP_WRITE);
        if (wire.hasMore()) {
            loop.execute(() -> loop.serve(this, SelectionKey.OP_READ));
        }
    }

    private @Nullable ByteBuffer receive() throws IOException {
        try {
            return inbox.receive(null);
        } catch (IOException e) {
            if (wire.isSecure()) {
                commons.cutOffs.cutOff(client, String.valueOf(e.getMessage()));
            }
            throw e;
        }
    }

    /** Sends as much as the socket accepts. Returns whether nothing is left. */
    private boolean isSent() throws IOException {
        do {
            wire.write(output);
            if (output.hasRemaining() || !wire.flush()) {
                return false;
            }
            say(handshake.output());
        } while (output.hasRemaining());
        return true;
    }

    private void say(byte[] bytes) {
        commons.budget.answer(bytes.length - output.capacity());
        output = ByteBuffer.wrap(bytes);
    }

    /**
     * Starts TLS. Plain text after {@code NBD_OPT_STARTTLS} ends the connection, so that it cannot pass for encrypted
     * input.
     */
    private void startTls(ByteBuffer in) throws IOException {
        if (in.hasRemaining()) {
            throw new IOException("it sent data after NBD_OPT_STARTTLS without waiting for the reply");
        }
        inbox.keep(in);
        if (commons.handshakes.begin(this) instanceof HandshakeConnection oldest) {
            oldest.giveWay();
        }
        wire = Objects.requireNonNull(tls).start(socket);
        inbox = new Inbox(wire, loop, commons.budget);
        handshake = handshake.overTls(exports.visibleTo(wire::peer));
    }

    /** Closes this handshake, on its own thread, in favour of newer ones. */
    private void giveWay() {
        loop.execute(() -> {
            if (!isReplaced()) {
                commons.cutOffs.cutOff(client, "its TLS handshake was the oldest of too many");
                close("cut off");
            }
        });
    }

    private boolean isOver() {
        return step == Step.TRANSMISSION || step == Step.ABORTED || step == Step.REFUSED;
    }

    private void finish() {
        commons.handshakes.end(this);
        if (step == Step.TRANSMISSION) {
            NegotiatedSession agreement = handshake.agreement();
            LOG.debug("{} uses drive {}, mode {}", client, agreement.drive().name(), agreement.mode());
            String drive = agreement.drive().name();
            DriveAccount account = commons.use(drive, wire.isSecure());
            if (account == null) {
                commons.cutOffs.cutOff(client, commons.refusal(drive, wire.isSecure()));
                close("cut off");
                return;
            }
            TransmissionConnection session = begin(agreement, account);
            key.attach(session);
            loop.serve(session, SelectionKey.OP_READ);
        } else if (step == Step.REFUSED) {
            commons.cutOffs.cutOff(client, handshake.fault());
            close("cut off");
        } else {
            close("the client aborted");
        }
    }

    private TransmissionConnection begin(NegotiatedSession agreement, DriveAccount account) {
        try {
            return new TransmissionConnection(loop, wire, key, client, inbox, agreement, commons, account, leave);
        } catch (RuntimeException | Error e) {
            commons.unuse(account, wire.isSecure()); // close() of this connection does not know it
            throw e;
        }
    }

    @Override
    public Identity peer() {
        return wire.peer();
    }

    @Override
    public void serverStops(StopMode queued) {
        close("the server stops");
    }

    @Override
    public void driveGone(Drive drive) {
        if (step == Step.TRANSMISSION && handshake.agreement().drive() == drive) {
            close("drive " + drive.name() + " is gone");
        }
    }

    @Override
    public void notAllowed(Drive drive) {
        driveGone(drive);
    }

    @Override
    public void close(String why) {
        if (socket.isOpen()) {
            Sockets.close(wire);
            try {
                leave.run();
            } finally {
                commons.handshakes.end(this);
                say(NOTHING);
                inbox.discard();
            }
            LOG.debug("{} is closed: {}", client, why);
        }
    }

    @Override
    public String toString() {
        return client;
    }
}
