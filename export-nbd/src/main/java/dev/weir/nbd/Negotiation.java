package dev.weir.nbd;

import dev.weir.drive.Drive;
import dev.weir.nbd.Handshake.Step;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.SelectionKey;
import java.nio.channels.SocketChannel;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** A connection in the handshake. It takes one message after the other, and none while an answer is not sent. */
final class Negotiation implements Connection, Ticker.Task {
    private static final Logger LOG = LoggerFactory.getLogger(Negotiation.class);

    private final EventLoop loop;
    private final SocketChannel channel;
    private final SelectionKey key;
    private final String client;
    private final Inbox inbox;
    private final Handshake handshake;
    private final Commons commons;
    private Step step = Step.TAKEN;
    private long waitedMillis;
    private ByteBuffer output;

    /**
     * Greets the client when it is first called.
     *
     * @param client who it is, for people
     */
    Negotiation(
            EventLoop loop, SocketChannel channel, SelectionKey key, String client, Exports exports, Commons commons) {
        this.loop = loop;
        this.channel = channel;
        this.key = key;
        this.client = client;
        this.commons = commons;
        inbox = new Inbox(channel, loop, commons.budget);
        handshake = new Handshake(exports);
        output = ByteBuffer.wrap(handshake.output());
        loop.ticker().add(this);
    }

    /** Cuts off a client that takes too long. */
    @Override
    public boolean tick() {
        boolean over = !channel.isOpen() || isReplaced();
        waitedMillis += Ticker.MILLIS;
        if (!over && waitedMillis > commons.limits().handshakeMillis()) {
            commons.complaints.cutOff(
                    client, "no export was chosen in " + commons.limits().handshakeMillis() + " ms");
            close("cut off");
            return false;
        }
        return !over;
    }

    @SuppressWarnings("ReferenceEquality") // by the session that follows it
    private boolean isReplaced() {
        return key.attachment() != null && key.attachment() != this;
    }

    @Override
    public void ready(int operations) throws IOException {
        ByteBuffer in = inbox.rest();
        if ((operations & SelectionKey.OP_READ) != 0) {
            in = inbox.receive(null);
        }
        if (in == null) {
            close("the client left");
            return;
        }
        do {
            if (!isSent()) {
                break;
            }
            if (isOver()) {
                inbox.keep(in);
                finish();
                return;
            }
            step = handshake.take(in);
            output = ByteBuffer.wrap(handshake.output());
        } while (step != Step.INCOMPLETE);
        inbox.keep(in);
        key.interestOps(output.hasRemaining() ? SelectionKey.OP_WRITE : SelectionKey.OP_READ);
    }

    private boolean isSent() throws IOException {
        if (output.hasRemaining()) {
            channel.write(output);
        }
        return !output.hasRemaining();
    }

    private boolean isOver() {
        return step == Step.TRANSMISSION || step == Step.ABORTED || step == Step.REFUSED;
    }

    private void finish() {
        if (step == Step.TRANSMISSION) {
            Agreement agreement = handshake.agreement();
            LOG.debug("{} uses drive {}, mode {}", client, agreement.drive().name(), agreement.mode());
            Session session = new Session(loop, channel, key, client, inbox, agreement, commons);
            key.attach(session);
            loop.serve(session, SelectionKey.OP_READ);
        } else if (step == Step.REFUSED) {
            commons.complaints.cutOff(client, handshake.fault());
            close("cut off");
        } else {
            close("the client aborted");
        }
    }

    @Override
    public void driveGone(Drive drive) {
        if (step == Step.TRANSMISSION && handshake.agreement().drive() == drive) {
            close("drive " + drive.name() + " is gone");
        }
    }

    @Override
    public void close(String why) {
        if (channel.isOpen()) {
            Sockets.close(channel);
            inbox.release();
            commons.leave();
            LOG.debug("{} is closed: {}", client, why);
        }
    }

    @Override
    public String toString() {
        return client;
    }
}
