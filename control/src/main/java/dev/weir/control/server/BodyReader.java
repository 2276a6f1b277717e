package dev.weir.control.server;

import dev.weir.control.route.Problem;
import java.io.ByteArrayOutputStream;
import java.nio.ByteBuffer;
import java.nio.charset.CharacterCodingException;
import java.nio.charset.StandardCharsets;
import java.util.concurrent.TimeUnit;
import java.util.function.Consumer;
import org.eclipse.jetty.io.Content;
import org.eclipse.jetty.io.EndPoint;
import org.eclipse.jetty.server.Request;
import org.eclipse.jetty.util.thread.Scheduler;
import org.jspecify.annotations.Nullable;

/** Reads the body of one request up to a maximum size. Blocks no thread. */
final class BodyReader implements Runnable {
    /** The maximum size of a body (bytes). */
    static final int MOST_BYTES = 256 << 10;

    /** The timeout for the arrival of the whole body (s). */
    private static final int MOST_SECONDS = 20;

    private final Request request;
    private final Consumer<String> whole;
    private final Consumer<Throwable> failed;
    private Scheduler.@Nullable Task deadline;
    private final ByteArrayOutputStream bytes = new ByteArrayOutputStream();

    private BodyReader(Request request, Consumer<String> whole, Consumer<Throwable> failed) {
        this.request = request;
        this.whole = whole;
        this.failed = failed;
    }

    /**
     * Reads the body.
     *
     * @param whole receives the text on a thread that may block
     * @param failed receives a {@link Problem} or the failure of the connection
     */
    static void read(Request request, Consumer<String> whole, Consumer<Throwable> failed) {
        if (request.getLength() > MOST_BYTES) {
            failed.accept(tooLarge());
        } else {
            new BodyReader(request, whole, failed).run();
        }
    }

    private static Problem tooLarge() {
        return new Problem(413, "the body must be at most " + MOST_BYTES + " bytes");
    }

    @Override
    public void run() {
        while (true) {
            Content.Chunk chunk = request.read();
            if (chunk == null) {
                limitTime();
                request.demand(this);
                return;
            }
            if (Content.Chunk.isFailure(chunk)) {
                fail(chunk.getFailure());
                return;
            }
            boolean isLast = chunk.isLast();
            boolean fits = add(chunk.getByteBuffer());
            chunk.release();
            if (!fits) {
                fail(tooLarge());
                return;
            }
            if (isLast) {
                end();
                return;
            }
        }
    }

    /** Starts the timeout of the body. It also ends a connection on which a byte arrives now and then. */
    private void limitTime() {
        if (deadline == null) {
            EndPoint client = request.getConnectionMetaData().getConnection().getEndPoint();
            deadline = request.getComponents().getScheduler().schedule(client::close, MOST_SECONDS, TimeUnit.SECONDS);
        }
    }

    private void fail(Throwable failure) {
        endDeadline();
        failed.accept(failure);
    }

    private void endDeadline() {
        if (deadline != null) {
            deadline.cancel();
        }
    }

    private boolean add(ByteBuffer part) {
        if (bytes.size() + part.remaining() > MOST_BYTES) {
            return false;
        }
        byte[] copy = new byte[part.remaining()];
        part.get(copy);
        bytes.writeBytes(copy);
        return true;
    }

    private void end() {
        endDeadline();
        String text;
        try {
            text = StandardCharsets.UTF_8
                    .newDecoder()
                    .decode(ByteBuffer.wrap(bytes.toByteArray()))
                    .toString();
        } catch (CharacterCodingException e) {
            failed.accept(new Problem(400, "the body is not UTF-8"));
            return;
        }
        whole.accept(text);
    }
}
