package dev.weir.filter.faults.unflushed;

import dev.weir.block.BlockDevice;
import dev.weir.block.BlockError;
import dev.weir.block.BlockRequest;
import dev.weir.block.Operation;
import java.nio.ByteBuffer;
import java.util.Iterator;
import java.util.Objects;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/**
 * Writes the parts of an image to a device, several at once. Parts do not overlap, so their order is free.
 *
 * <p>Thread-safe. Used once.
 */
final class ImageWriter {
    private static final String CLIENT = "the record of unflushed writes";
    private static final int MOST_IN_FLIGHT = 32;

    private static final ByteBuffer NOTHING = ByteBuffer.allocate(0);

    private final BlockDevice device;
    private final Iterator<Write> parts;
    private final Consumer<@Nullable BlockError> done;

    // guarded by this
    private int inFlight;
    private boolean isPumping;
    private @Nullable BlockError error;

    /**
     * Prepares a writer.
     *
     * @param done receives the first error, or null, when all parts are written or one has failed
     */
    ImageWriter(BlockDevice device, Image image, Consumer<@Nullable BlockError> done) {
        this.device = device;
        this.parts = image.parts().iterator();
        this.done = done;
    }

    private final class Part extends BlockRequest {
        private final Write write;

        Part(Write write) {
            super(CLIENT);
            this.write = write;
            prepare(write.operation(), write.offset(), write.length());
            mayUnmap(write.operation() == Operation.WRITE_ZEROES && write.mayUnmap());
        }

        @Override
        public ByteBuffer buffer() {
            return Objects.requireNonNullElse(write.bytes(), NOTHING);
        }

        @Override
        protected void completed(@Nullable BlockError partError) {
            ended(partError);
        }
    }

    private void ended(@Nullable BlockError partError) {
        synchronized (this) {
            inFlight--;
            error = error == null ? partError : error;
        }
        write();
    }

    /** Writes on. A completion inside of this call returns to its loop, so that the stack does not grow. */
    void write() {
        synchronized (this) {
            if (isPumping) {
                return;
            }
            isPumping = true;
        }
        for (; ; ) {
            Write next = null;
            boolean isDone = false;
            synchronized (this) {
                boolean isOver = error != null || !parts.hasNext();
                if (!isOver && inFlight < MOST_IN_FLIGHT) {
                    next = parts.next();
                    inFlight++;
                } else {
                    isPumping = false;
                    isDone = isOver && inFlight == 0;
                }
            }
            if (next == null) {
                if (isDone) {
                    done.accept(error);
                }
                return;
            }
            device.submit(new Part(next));
        }
    }
}
