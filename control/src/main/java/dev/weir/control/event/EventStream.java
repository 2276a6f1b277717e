package dev.weir.control.event;

import static java.nio.charset.StandardCharsets.UTF_8;

import java.nio.ByteBuffer;
import org.eclipse.jetty.server.Response;
import org.eclipse.jetty.util.Callback;

/** One client of the events. Its fields are confined to the thread of {@link EventStreams}, except where noted. */
final class EventStream implements Callback {
    private final Response response;
    private final Callback end;
    final boolean hasSamples;

    long lastId;
    String epoch;
    boolean needsAll = true;
    int quietTicks;

    /** Whether a write is in flight. Set by the thread of {@link EventStreams}, cleared by the end of the write. */
    private volatile boolean isWriting;

    private volatile boolean isOver;

    EventStream(Response response, Callback end, boolean hasSamples, String epoch, long lastId) {
        this.response = response;
        this.end = end;
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

    void close() {
        if (!isOver) {
            isOver = true;
            response.write(true, ByteBuffer.allocate(0), end);
        }
    }
}
