package dev.weir.filter.faults;

import dev.weir.block.BlockError;
import dev.weir.block.BlockRequest;
import dev.weir.block.filter.ForwardedRequest;
import java.nio.ByteBuffer;
import java.util.function.Consumer;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/** A request that faults hit. Confined to one thread at a time, like its original. */
final class FaultyRequest extends ForwardedRequest {
    private final Consumer<BlockRequest> next;
    private final Effects effects;
    private final FaultQueue held;

    /** The data of a read that will be corrupted. */
    private @Nullable ByteBuffer data;

    private boolean isAfter;
    private @Nullable BlockError result;

    FaultyRequest(BlockRequest original, Consumer<BlockRequest> next, Effects effects, FaultQueue held) {
        super(original);
        this.next = next;
        this.effects = effects;
        this.held = held;
    }

    /** Starts the request: it waits if a fault holds it. */
    void start() {
        if (effects.hasBefore()) {
            held.hold(this);
        } else {
            goOn();
        }
    }

    /** Continues after a wait. */
    void goOn() {
        BlockError error = effects.errorBefore();
        if (isAfter) {
            original().complete(result);
        } else if (error != null) {
            original().complete(error);
        } else {
            next.accept(effects.hasAfter() ? this : original());
        }
    }

    /** Ends the request although it is held. One that the backend has served gets its result. */
    void end(BlockError error) {
        original().complete(isAfter ? result : error);
    }

    /** Returns the time at which the request goes on; see {@link Effects#due}. */
    long due(long since, long now) {
        return effects.due(isAfter, since, now);
    }

    /** Returns the faults that hold the request. */
    Stream<ActiveFault> holders() {
        return effects.holders(isAfter);
    }

    String reason() {
        return effects.reason(isAfter);
    }

    /** {@inheritDoc} Lent memory cannot be corrupted because it is the backend's own. */
    @Override
    public boolean borrows() {
        return effects.corruptions().isEmpty() && super.borrows();
    }

    @Override
    public ByteBuffer buffer() {
        ByteBuffer buffer = super.buffer();
        if (!effects.corruptions().isEmpty()) {
            data = buffer.duplicate(); // the backend moves the position
        }
        return buffer;
    }

    @Override
    protected void completed(@Nullable BlockError error) {
        ByteBuffer read = data;
        if (error == null && read != null) {
            effects.corruptions().forEach(corruption -> corruption.apply(read, offset()));
        }
        result = effects.result(this, error);
        isAfter = true;
        if (effects.waitsAfter()) {
            held.hold(this);
        } else {
            original().complete(result);
        }
    }
}
