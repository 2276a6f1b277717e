package dev.weir.engine;

import dev.weir.block.BlockError;
import dev.weir.block.BlockRequest;
import dev.weir.block.Operation;
import dev.weir.drive.Drive;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.List;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/** A request that records its result and fails at a second completion. */
public final class TestRequest extends BlockRequest {
    private final Consumer<TestRequest> onCompletion;
    private String drive = "";
    private final List<String> extents = new ArrayList<>();
    private boolean bufferAsked;
    private boolean completed;
    private @Nullable BlockError error;

    public TestRequest(
            Object client, Operation operation, long offset, long length, Consumer<TestRequest> onCompletion) {
        super(client);
        this.onCompletion = onCompletion;
        prepare(operation, offset, length);
    }

    /** Returns the name of its drive. */
    String drive() {
        return drive;
    }

    void submitTo(Drive to) {
        drive = to.name();
        to.submit(this);
    }

    boolean isCompleted() {
        return completed;
    }

    /** Returns the error of the completed request; null for success. */
    public @Nullable BlockError error() {
        return error;
    }

    @Override
    public ByteBuffer buffer() {
        if (bufferAsked) {
            throw new AssertionError("asked twice for its buffer: " + operation() + " at " + offset());
        }
        bufferAsked = true;
        return ByteBuffer.allocate(0);
    }

    @Override
    public boolean extent(long extentLength, boolean hole) {
        return extents.add((hole ? "hole " : "data ") + extentLength);
    }

    List<String> extents() {
        return extents;
    }

    @Override
    protected void completed(@Nullable BlockError newError) {
        if (completed) {
            throw new AssertionError("completed twice: " + operation() + " at " + offset());
        }
        completed = true;
        error = newError;
        onCompletion.accept(this);
    }
}
