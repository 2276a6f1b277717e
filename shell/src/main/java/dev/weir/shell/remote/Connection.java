package dev.weir.shell.remote;

import dev.weir.log.PlainText;
import dev.weir.log.RateLimitedLog;
import java.io.IOException;
import java.io.OutputStream;
import java.io.PrintStream;
import java.nio.channels.ClosedChannelException;
import java.nio.charset.StandardCharsets;
import java.util.Map;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Future;
import java.util.concurrent.RejectedExecutionException;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * One client and its single request. The connection's thread listens to the client while a worker thread executes the
 * request. So a disconnect is noticed and interrupts the work.
 */
final class Connection {
    private static final Logger LOG = LoggerFactory.getLogger(Connection.class);
    private static final RateLimitedLog FAILURES = new RateLimitedLog("the shell: failed requests", LOG::warn);

    private final FrameChannel frames;
    private final String hello;
    private final Request.Parser parser;
    private final ExecutorService workers;

    Connection(FrameChannel frames, String hello, Request.Parser parser, ExecutorService workers) {
        this.frames = frames;
        this.hello = hello;
        this.parser = parser;
        this.workers = workers;
    }

    /** Serves the client until it has its answer or disconnects. */
    void serve() {
        talk(this::answer);
    }

    /** Refuses the client and sends the reason. */
    void turnAway(String reason) {
        talk(() -> refuse(reason));
    }

    private interface Talk {
        void run() throws IOException;
    }

    private void talk(Talk talk) {
        try (frames) {
            frames.send(Frame.of(Frame.HELLO, hello));
            talk.run();
        } catch (ClosedChannelException | RejectedExecutionException e) {
            LOG.trace("answered, or the server is closing", e);
        } catch (IOException e) {
            LOG.debug("a client disconnected: {}", e.toString());
        }
    }

    private void answer() throws IOException {
        try {
            Map<String, String> client;
            Request request;
            Future<?> limit = frames.closeUnlessCancelled();
            try {
                client = greeting();
                request = parser.parse(next());
            } finally {
                limit.cancel(false);
            }
            Future<?> work = workers.submit(() -> work(request, client));
            try {
                listen(request);
            } catch (ChannelFault e) {
                // sent before the interrupt of the work, which closes the connection
                refuse(String.valueOf(e.getMessage()));
            } finally {
                request.abandoned();
                work.cancel(true);
            }
        } catch (ChannelFault e) {
            refuse(String.valueOf(e.getMessage()));
        }
    }

    private void refuse(String reason) throws IOException {
        frames.send(Frame.of(Frame.ERROR, "weir: " + reason + "\n"));
        frames.send(Frame.quit(1));
    }

    private Map<String, String> greeting() throws IOException {
        Frame frame = next();
        String protocol = frame.type() == Frame.HELLO ? frame.properties().get("protocol") : null;
        if (!Frame.PROTOCOL.equals(protocol)) {
            throw new ChannelFault("this Weir speaks version %s of the shell protocol, the client %s"
                    .formatted(Frame.PROTOCOL, protocol == null ? "another" : protocol));
        }
        return frame.properties();
    }

    private Frame next() throws IOException {
        Frame frame = frames.receive();
        if (frame == null) {
            throw new IOException("it closed before its request");
        }
        return frame;
    }

    /** Receives frames until the client closes or is disconnected after its answer. */
    private void listen(Request request) throws IOException {
        for (Frame frame = frames.receive(); frame != null; frame = frames.receive()) {
            request.received(frame);
        }
    }

    private void work(Request request, Map<String, String> client) {
        try (frames) {
            try {
                frames.send(Frame.quit(request.run(client, print(Frame.OUTPUT, client), print(Frame.ERROR, client))));
            } catch (RuntimeException | StackOverflowError e) {
                FAILURES.write(() -> "a request from the shell failed: " + PlainText.of(e.toString()));
                LOG.debug("a request failed", e);
                refuse(e.toString());
            } finally {
                request.answered();
            }
        } catch (IOException e) {
            LOG.debug("a client disconnected before its answer: {}", e.toString());
        }
    }

    /** Returns an unbuffered stream that sends frames. It needs no flush and no close. */
    private PrintStream print(char type, Map<String, String> client) {
        OutputStream stream = frames.stream(type);
        boolean isAscii = client.containsKey("ascii");
        return new PrintStream(isAscii ? new Ascii(stream) : stream, false, StandardCharsets.UTF_8);
    }
}
