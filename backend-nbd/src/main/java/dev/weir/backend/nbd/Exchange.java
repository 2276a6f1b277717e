package dev.weir.backend.nbd;

import dev.weir.backend.nbd.connection.Command;
import dev.weir.backend.nbd.protocol.FarExport;
import dev.weir.block.BlockError;
import dev.weir.block.BlockRequest;
import dev.weir.block.Operation;
import dev.weir.nbd.spec.Nbd;
import java.nio.ByteBuffer;
import java.util.function.BiConsumer;
import org.jspecify.annotations.Nullable;

/**
 * A request on its way to the server and back. It is split into several commands if it is longer than the maximum
 * block size of the server. Reads and writes have several commands in flight at once. All other operations have one
 * after the other and go on where they were after a reconnect.
 *
 * <p>Confined to the thread of the loop except the constants of the request.
 */
final class Exchange {
    private static final ByteBuffer ZEROES = ByteBuffer.allocate(1 << 20).asReadOnlyBuffer();

    /** The request of the drive. Null for a request of this backend itself. */
    final @Nullable BlockRequest request;

    final Operation operation;
    final long offset;
    final long length;
    final boolean fua;
    final boolean mayUnmap;
    final long sinceNanos;

    private @Nullable ByteBuffer data;

    /** The part of the range that commands were made for (bytes). */
    private long asked;

    /** The length of the answered beginning of the range (bytes). */
    private long answered;

    private int inFlight;
    private @Nullable BlockError error;

    /** The number of an answered write, or of the last one before a flush was sent. */
    long sequence;

    /** The place in the list of sent exchanges. */
    int index;

    Exchange(BlockRequest request, long sinceNanos) {
        this.request = request;
        this.sinceNanos = sinceNanos;
        operation = request.operation();
        offset = request.offset();
        length = request.length();
        fua = request.fua();
        mayUnmap = request.mayUnmap();
    }

    /** Makes a request of this backend itself. */
    Exchange(Operation operation, long offset, long length, boolean mayUnmap, @Nullable ByteBuffer data) {
        request = null;
        sinceNanos = 0;
        this.operation = operation;
        this.offset = offset;
        this.length = length;
        this.fua = false;
        this.mayUnmap = mayUnmap;
        this.data = data;
    }

    /** Returns whether the request changes its range. */
    boolean changesData() {
        return switch (operation) {
            case WRITE, WRITE_ZEROES, FAST_ZERO, TRIM -> true;
            default -> false;
        };
    }

    boolean overlaps(Exchange other) {
        return offset < other.offset + other.length && other.offset < offset + length;
    }

    /** Returns the buffer of a read or write. */
    ByteBuffer data() {
        if (data == null && request != null) {
            data = request.buffer();
        }
        if (data == null) {
            throw new IllegalStateException(operation + " without a buffer");
        }
        return data;
    }

    /**
     * Gets the buffer of the request.
     *
     * @return the error if the request has none; null on success
     */
    @Nullable
    BlockError prepare() {
        try {
            if (isParallel()) {
                data();
            }
            return null;
        } catch (OutOfMemoryError e) {
            return BlockError.ENOMEM;
        } catch (RuntimeException e) {
            return BlockError.EIO;
        }
    }

    /** Completes the request. Its buffer is used up on success. */
    void complete(@Nullable BlockError with) {
        if (request == null) {
            return;
        }
        if (with == null && data != null) {
            data.position(data.limit());
        }
        request.complete(with);
    }

    /** Forgets the commands of a lost connection. */
    void reset() {
        if (isParallel()) {
            answered = 0;
        }
        asked = answered;
        inFlight = 0;
        error = null;
    }

    private boolean isParallel() {
        return operation == Operation.READ || operation == Operation.WRITE;
    }

    /** Returns whether the next command can be sent. */
    boolean hasNext() {
        return error == null && asked < Math.max(length, 1) && (inFlight == 0 || isParallel());
    }

    /** Returns whether every command is answered. */
    boolean isAnswered() {
        return inFlight == 0 && !hasNext();
    }

    @Nullable
    BlockError error() {
        return error;
    }

    /**
     * Makes the next command.
     *
     * @param export the export of the connection
     * @param onAnswer called after each answer
     */
    Command next(FarExport export, BiConsumer<Exchange, @Nullable BlockError> onAnswer) {
        long from = offset + asked;
        long rest = length - asked;
        Piece piece =
                switch (operation) {
                    case READ -> piece(Nbd.NBD_CMD_READ, 0, from, Math.min(rest, export.maxPayload()), onAnswer);
                    case WRITE ->
                        piece(Nbd.NBD_CMD_WRITE, fua(export), from, Math.min(rest, export.maxPayload()), onAnswer);
                    case WRITE_ZEROES, FAST_ZERO -> zeroes(export, from, rest, onAnswer);
                    case TRIM ->
                        piece(Nbd.NBD_CMD_TRIM, fua(export), from, Math.min(rest, export.maxRange()), onAnswer);
                    case CACHE -> piece(Nbd.NBD_CMD_CACHE, 0, from, Math.min(rest, export.maxRange()), onAnswer);
                    case BLOCK_STATUS ->
                        piece(Nbd.NBD_CMD_BLOCK_STATUS, 0, from, Math.min(rest, export.maxRange()), onAnswer);
                    case FLUSH -> new Piece(Nbd.NBD_CMD_FLUSH, 0, 0, 0, null, onAnswer);
                };
        asked += operation == Operation.FLUSH ? 1 : piece.bytes();
        inFlight++;
        return piece;
    }

    private Piece zeroes(FarExport export, long from, long rest, BiConsumer<Exchange, @Nullable BlockError> onAnswer) {
        if (!export.has(Nbd.NBD_FLAG_SEND_WRITE_ZEROES)) {
            int bytes = (int) Math.min(rest, Math.min(export.maxPayload(), ZEROES.capacity()));
            return new Piece(Nbd.NBD_CMD_WRITE, fua(export), from, bytes, ZEROES.slice(0, bytes), onAnswer);
        }
        int flags = fua(export)
                | (mayUnmap ? 0 : Nbd.NBD_CMD_FLAG_NO_HOLE)
                | (operation == Operation.FAST_ZERO ? Nbd.NBD_CMD_FLAG_FAST_ZERO : 0);
        return piece(Nbd.NBD_CMD_WRITE_ZEROES, flags, from, Math.min(rest, export.maxRange()), onAnswer);
    }

    private int fua(FarExport export) {
        return fua && export.has(Nbd.NBD_FLAG_SEND_FUA) ? Nbd.NBD_CMD_FLAG_FUA : 0;
    }

    private Piece piece(
            int type, int flags, long from, long bytes, BiConsumer<Exchange, @Nullable BlockError> onAnswer) {
        ByteBuffer all = isParallel() ? data() : null;
        ByteBuffer part = all == null ? null : all.slice(all.position() + (int) (from - offset), (int) bytes);
        return new Piece(type, flags, from, bytes, part, onAnswer);
    }

    /** One command of this exchange. */
    private final class Piece extends Command {
        private final BiConsumer<Exchange, @Nullable BlockError> onAnswer;

        Piece(
                int type,
                int flags,
                long offset,
                long length,
                @Nullable ByteBuffer data,
                BiConsumer<Exchange, @Nullable BlockError> onAnswer) {
            super(type, flags, offset, length, data);
            this.onAnswer = onAnswer;
        }

        long bytes() {
            return length();
        }

        @Override
        protected void extent(long bytes, boolean hole) {
            long left = length - answered;
            if (left > 0 && request != null) {
                long reported = Math.min(bytes, left);
                answered = request.extent(reported, hole) ? answered + reported : length;
            }
        }

        @Override
        protected void answered(@Nullable BlockError answer) {
            inFlight--;
            if (answer != null && error == null) {
                error = answer;
            }
            if (operation == Operation.BLOCK_STATUS) {
                asked = answered; // the server may have described a part of the range
            } else if (!isParallel()) {
                answered = asked;
            }
            onAnswer.accept(Exchange.this, answer);
        }
    }
}
