package dev.weir.control;

import dev.weir.block.BlockError;
import dev.weir.block.BlockRequest;
import dev.weir.block.Operation;
import dev.weir.drive.Drive;
import java.nio.ByteBuffer;
import org.jspecify.annotations.Nullable;

/** A client that keeps some reads in flight at a drive with limits. */
public final class ReadLoad implements AutoCloseable {
    private static final int BYTES = 64 << 10;

    private final Drive drive;
    private volatile boolean isOver;

    ReadLoad(Drive drive, int depth) {
        this.drive = drive;
        for (int i = 0; i < depth; i++) {
            new Read().submit();
        }
    }

    /** Submits no further reads. Those that wait go on. */
    void finish() {
        isOver = true;
    }

    @Override
    public void close() {
        isOver = true;
        drive.cancel(this);
    }

    @Override
    public String toString() {
        return "a reading client";
    }

    private final class Read extends BlockRequest {
        private final ByteBuffer data = ByteBuffer.allocateDirect(BYTES);

        Read() {
            super(ReadLoad.this);
        }

        void submit() {
            prepare(Operation.READ, 0, BYTES);
            drive.submit(this);
        }

        @Override
        public ByteBuffer buffer() {
            return data.duplicate();
        }

        @Override
        protected void completed(@Nullable BlockError error) {
            if (!isOver && error == null) {
                submit();
            }
        }
    }
}
