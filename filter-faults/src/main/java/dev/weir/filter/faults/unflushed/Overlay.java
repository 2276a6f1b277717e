package dev.weir.filter.faults.unflushed;

import dev.weir.block.BlockError;
import dev.weir.block.BlockRequest;
import dev.weir.block.filter.ForwardedRequest;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** Reads and block status requests that see unflushed data over that of the backend. */
final class Overlay {
    private Overlay() {}

    /** Copies parts into the buffer of a read whose first byte has this offset. */
    static void copy(List<Write> parts, ByteBuffer buffer, long offset) {
        for (Write part : parts) {
            int at = buffer.position() + (int) (part.offset() - offset);
            int length = (int) part.length();
            ByteBuffer bytes = part.bytes();
            if (bytes == null) {
                for (int i = 0; i < length; i++) {
                    buffer.put(at + i, (byte) 0);
                }
            } else {
                buffer.put(at, bytes, 0, length);
            }
        }
    }

    /** Returns whether parts cover a range without a gap. */
    static boolean covers(List<Write> parts, long length) {
        return parts.stream().mapToLong(Write::length).sum() == length;
    }

    /** A read with data of the backend and of the record. */
    static final class Read extends ForwardedRequest {
        private final List<Write> parts;
        private @Nullable ByteBuffer data;

        /**
         * Prepares a read.
         *
         * @param parts the unflushed data at the submission; the backend may get it before this ends
         */
        Read(BlockRequest original, List<Write> parts) {
            super(original);
            this.parts = parts;
        }

        @Override
        public boolean borrows() {
            return false;
        }

        @Override
        public ByteBuffer buffer() {
            ByteBuffer buffer = super.buffer();
            data = buffer.duplicate();
            return buffer;
        }

        @Override
        protected void completed(@Nullable BlockError error) {
            ByteBuffer read = data;
            if (error == null && read != null) {
                copy(parts, read, offset());
            }
            original().complete(error);
        }
    }

    /** A block status request: a range with unflushed data is no hole. */
    static final class Status extends ForwardedRequest {
        private final List<Write> parts;

        /** The extents of the backend: lengths, negative for holes. */
        private final List<Long> extents = new ArrayList<>();

        Status(BlockRequest original, List<Write> parts) {
            super(original);
            this.parts = parts;
        }

        @Override
        public boolean extent(long extentLength, boolean hole) {
            extents.add(hole ? -extentLength : extentLength);
            return true;
        }

        @Override
        protected void completed(@Nullable BlockError error) {
            if (error == null) {
                tell();
            }
            original().complete(error);
        }

        private void tell() {
            long at = offset();
            boolean isWanted = true;
            for (int i = 0; isWanted && i < extents.size(); i++) {
                long end = at + Math.abs(extents.get(i));
                boolean isHole = extents.get(i) < 0;
                while (isWanted && at < end) {
                    Write part = isHole ? next(at) : null;
                    boolean isInside = part != null && part.offset() <= at;
                    long stop = part == null ? end : Math.min(end, isInside ? part.end() : part.offset());
                    isWanted = original().extent(stop - at, isHole && !isInside);
                    at = stop;
                }
            }
        }

        /** Returns the first part that ends after an offset. */
        private @Nullable Write next(long at) {
            for (Write part : parts) {
                if (part.end() > at) {
                    return part;
                }
            }
            return null;
        }
    }
}
