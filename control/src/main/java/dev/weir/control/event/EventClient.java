package dev.weir.control.event;

import static java.nio.charset.StandardCharsets.UTF_8;

import java.nio.ByteBuffer;
import java.util.function.BooleanSupplier;
import org.eclipse.jetty.server.Response;
import org.eclipse.jetty.util.Callback;

/** One client of the events. Its fields are confined to the thread of {@link EventStreams}, except where noted. */
final class EventClient implements Callback {
    private final Response response;
    private final Callback end;
    private final BooleanSupplier isAdmitted;
    final boolean hasSamples;

    /** Whether nothing has been sent yet, not even the headers of the answer. */
    boolean isNew = true;

    long lastId;
    String epoch;
    boolean needsAll = true;
    int quietTicks;

    /** Whether a write is in flight. Set by the thread of {@link EventStreams}, cleared by the end of the write. */
    private volatile boolean isWriting;

    private volatile boolean isOver;

    EventClient(
            Response response,
            Callback end,
            BooleanSupplier isAdmitted,
            boolean hasSamples,
            String epoch,
            long lastId) {
        this.response = response;
        this.end = end;
        this.isAdmitted = isAdmitted;
        this.hasSamples = hasSamples;
        this.epoch = epoch;
        this.lastId = lastId;
    }

    /** Returns whether all earlier text has been written. */
    boolean isReady() {
        return !isWriting && !isOver;
    }

    boolean isOver() {
        return isOver;
    }

    void send(String text) {
        isNew = false;
        quietTicks = 0;
        isWriting = true;
        response.write(false, ByteBuffer.wrap(text.getBytes(UTF_8)), this);
    }

    @Override
    public void succeeded() {
        isWriting = false;
    }

    @Override
    public void failed(Throwable failure) {
        isOver = true;
        end.failed(failure);
    }

    /** Ends the answer if the token or session of its client is not valid any more. */
    void endIfRefused() {
        if (!isOver && !isAdmitted.getAsBoolean()) {
            close();
        }
    }

    void close() {
        if (!isOver) {
            isOver = true;
            response.write(true, ByteBuffer.allocate(0), end);
        }
    }
}
