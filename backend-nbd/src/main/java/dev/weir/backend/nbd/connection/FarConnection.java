package dev.weir.backend.nbd.connection;

import dev.weir.backend.nbd.protocol.ClientHandshake;
import dev.weir.backend.nbd.protocol.FarExport;
import dev.weir.backend.nbd.protocol.ProtocolException;
import dev.weir.block.BlockError;
import dev.weir.nbd.spec.Nbd;
import dev.weir.nbd.wire.PlainWire;
import dev.weir.nbd.wire.Wire;
import java.io.IOException;
import java.net.InetSocketAddress;
import java.net.SocketOption;
import java.net.StandardProtocolFamily;
import java.net.StandardSocketOptions;
import java.nio.ByteBuffer;
import java.nio.channels.SelectionKey;
import java.nio.channels.SocketChannel;
import java.util.ArrayDeque;
import java.util.Map;
import java.util.Queue;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * A connection to a server: connects, shakes hands and carries commands.
 *
 * <p>Confined to the thread of its loop.
 */
public final class FarConnection implements ClientLoop.Handler {
    private static final Logger LOG = LoggerFactory.getLogger(FarConnection.class);
    private static final int RECEIVE_BYTES = 64 << 10;

    /** Most reads of the socket in one turn, so that other connections get their turn too. */
    private static final int MAX_READS = 32;

    /** Options by which Linux notices the loss of an idle or waiting peer within half a minute. */
    private static final Map<String, Integer> KEEP_ALIVE =
            Map.of("TCP_KEEPIDLE", 10, "TCP_KEEPINTERVAL", 5, "TCP_KEEPCOUNT", 3);

    /** Events of a connection. Called on the thread of the loop. */
    public interface Listener {

        /** The handshake is complete. Commands can be {@linkplain FarConnection#submit submitted}. */
        void established(FarConnection connection, FarExport export);

        /** The connection has ended. Its commands get no answers. Called once. */
        void failed(FarConnection connection, String why);

        /** Bytes of commands or answers have moved. */
        void progress();
    }

    private final ClientLoop loop;
    private final Target target;
    private final Listener listener;
    private final SocketChannel socket;
    private final ByteBuffer in = ByteBuffer.allocate(RECEIVE_BYTES);
    private final Queue<ByteBuffer> negotiation = new ArrayDeque<>();
    private final ClientHandshake handshake;
    private final CommandSlots inFlight = new CommandSlots();
    private Wire wire;
    private @Nullable SelectionKey key;
    private @Nullable ReplyReader replies;
    private @Nullable Outbox outbox;
    private boolean sendsSoon;
    private boolean ended;

    /**
     * Begins to connect.
     *
     * @throws IOException if that fails at once; the listener is not called then
     */
    public static FarConnection connect(ClientLoop loop, Target target, Listener listener) throws IOException {
        SocketChannel socket = target.address() instanceof InetSocketAddress
                ? SocketChannel.open()
                : SocketChannel.open(StandardProtocolFamily.UNIX);
        try {
            FarConnection connection = new FarConnection(loop, target, listener, socket);
            connection.begin();
            return connection;
        } catch (IOException | RuntimeException | Error e) {
            socket.close();
            throw e;
        }
    }

    private FarConnection(ClientLoop loop, Target target, Listener listener, SocketChannel socket) {
        this.loop = loop;
        this.target = target;
        this.listener = listener;
        this.socket = socket;
        wire = new PlainWire(socket);
        handshake = new ClientHandshake(target.export(), target.tls() != null, negotiation::add);
    }

    private void begin() throws IOException {
        socket.configureBlocking(false);
        if (target.address() instanceof InetSocketAddress) {
            socket.setOption(StandardSocketOptions.TCP_NODELAY, true);
            socket.setOption(StandardSocketOptions.SO_KEEPALIVE, true);
            for (SocketOption<?> option : socket.supportedOptions()) {
                keepAlive(option);
            }
        }
        boolean connected = socket.connect(target.address());
        key = loop.register(socket, connected ? SelectionKey.OP_READ : SelectionKey.OP_CONNECT, this);
    }

    /** Sets an option by its name, because only some JDKs have it. */
    @SuppressWarnings("unchecked")
    private void keepAlive(SocketOption<?> option) throws IOException {
        Integer value = KEEP_ALIVE.get(option.name());
        if (value != null) {
            socket.setOption((SocketOption<Integer>) option, value);
        }
    }

    /** Returns the number of commands without an answer. */
    public int inFlight() {
        return inFlight.size();
    }

    /** Queues a command. It is sent at the end of the loop's turn. */
    public void submit(Command command) {
        if (outbox == null) {
            throw new IllegalStateException("the handshake is not complete");
        }
        inFlight.add(command);
        outbox.add(command);
        sendSoon();
    }

    private void sendSoon() {
        if (!sendsSoon) {
            sendsSoon = true;
            loop.sendSoon(this);
        }
    }

    @Override
    public void ready() throws IOException {
        if (ended || key == null) {
            return;
        }
        if (socket.isConnectionPending()) {
            socket.finishConnect();
            key.interestOps(SelectionKey.OP_READ);
        } else if (key.isWritable() && outbox != null) {
            listener.progress(); // the socket was full, and the server has taken bytes since
        }
        receive();
        if (!ended) {
            send();
        }
    }

    private void receive() throws IOException {
        for (int reads = 0; reads < MAX_READS && !ended; reads++) {
            ByteBuffer data = replies == null ? null : replies.destination();
            int received = wire.read(data == null ? in : data);
            if (received < 0) {
                throw new IOException(
                        replies == null ? "it hangs up during the handshake" : "it has closed the connection");
            }
            if (received == 0) {
                return;
            }
            if (data != null) {
                listener.progress();
            }
            take();
        }
        if (!ended && wire.hasMore()) {
            loop.execute(() -> loop.attempt(this, this::ready));
        }
    }

    private void take() throws IOException {
        in.flip();
        try {
            if (replies == null) {
                negotiate();
            }
            if (replies != null) {
                takeReplies(replies);
            }
        } finally {
            in.compact();
        }
    }

    private void takeReplies(ReplyReader reader) throws ProtocolException {
        for (Command command = reader.take(in); command != null; command = reader.take(in)) {
            if (command.error == BlockError.ESHUTDOWN) {
                throw new ProtocolException("it is shutting down");
            }
            listener.progress();
            command.answered(command.error);
            if (ended) {
                return;
            }
        }
    }

    private void negotiate() throws IOException {
        ClientHandshake.Step step = handshake.receive(in);
        if (step == ClientHandshake.Step.START_TLS && target.tls() != null) {
            if (in.hasRemaining()) {
                throw new ProtocolException("it sends bytes before TLS begins");
            }
            wire = target.tls().start(socket, target.tlsHost());
            handshake.goOn();
        } else if (step == ClientHandshake.Step.DONE) {
            FarExport export = handshake.export();
            replies = new ReplyReader(export, inFlight);
            outbox = new Outbox(export.mode());
            LOG.debug("{}: {}", target.address(), export);
            listener.established(this, export);
        }
    }

    @Override
    public void send() throws IOException {
        sendsSoon = false;
        if (ended || key == null || socket.isConnectionPending()) {
            return;
        }
        boolean all = sendNegotiation() && (outbox == null || outbox.send(wire));
        boolean mustWait = (!all && !wire.isHandshaking()) || !wire.flush();
        key.interestOps(mustWait ? SelectionKey.OP_READ | SelectionKey.OP_WRITE : SelectionKey.OP_READ);
    }

    private boolean sendNegotiation() throws IOException {
        for (ByteBuffer next = negotiation.peek(); next != null; next = negotiation.peek()) {
            wire.write(next);
            if (next.hasRemaining()) {
                return false;
            }
            negotiation.remove();
        }
        return true;
    }

    @Override
    public void fail(String why) {
        if (!ended) {
            if (outbox == null) {
                sendLast(this::sendNegotiation);
            }
            end();
            listener.failed(this, why);
        }
    }

    private interface LastBytes {
        void send() throws IOException;
    }

    private void sendLast(LastBytes bytes) {
        try {
            bytes.send();
        } catch (IOException e) {
            LOG.debug("{}: no orderly end", target.address(), e);
        }
    }

    /** Ends the connection without a call of the listener. Tells the server if the socket accepts that at once. */
    public void close() {
        if (ended) {
            return;
        }
        if (outbox != null) {
            submit(new Disconnect());
            sendLast(this::send);
        }
        end();
    }

    private void end() {
        ended = true;
        if (key != null) {
            key.cancel();
        }
        try {
            wire.close();
        } catch (IOException e) {
            LOG.debug("closing {} failed", target.address(), e);
        }
    }

    private static final class Disconnect extends Command {
        Disconnect() {
            super(Nbd.NBD_CMD_DISC, 0, 0, 0, null);
        }

        @Override
        protected void answered(@Nullable BlockError answer) {
            // never answered
        }
    }
}
