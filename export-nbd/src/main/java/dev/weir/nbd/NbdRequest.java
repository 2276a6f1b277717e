package dev.weir.nbd;

import dev.weir.block.BlockError;
import dev.weir.drive.Drive;
import dev.weir.drive.DriveRequest;
import dev.weir.drive.Operation;
import java.nio.ByteBuffer;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/**
 * One request of a client, from its header until its reply has been written, and then the next.
 *
 * <p>Not thread-safe: it is handed from the connection's thread to the drive, from there to the reply queue
 * and back, each under that one's lock.
 */
final class NbdRequest extends DriveRequest {
    private final Transmission transmission;
    private final BufferPool buffers;
    private long cookie;
    private int error;

    /** The payload of a write until it is done, or the data of a read behind its reply's header. */
    private @Nullable ByteBuffer data;

    /** What is still to do after the present part of a range longer than a drive takes at once, in bytes. */
    private long restBytes;

    /** What it carries, in the sense of {@link Bounds#MAX_REQUEST_BYTES}. The reply queue's. */
    long carriedBytes;

    /** The next in whichever list it is. The reply queue's. */
    @Nullable
    NbdRequest next;

    NbdRequest(Object client, Transmission transmission, BufferPool buffers) {
        super(client);
        this.transmission = transmission;
        this.buffers = buffers;
    }

    void begin(long newCookie) {
        cookie = newCookie;
        error = Nbd.NBD_SUCCESS;
        restBytes = 0;
    }

    /** Prepares the range, or the first part of it if it is too long for one request to the drive. */
    void range(Operation operation, long offset, long length, boolean fua, boolean mayUnmap) {
        long part = Math.min(length, Drive.MAX_TRANSFER);
        restBytes = length - part;
        prepare(operation, offset, part, fua, mayUnmap);
    }

    boolean hasMore() {
        return restBytes > 0;
    }

    /** Prepares the part behind the present one. */
    void nextPart() {
        range(operation(), offset() + length(), restBytes, fua(), mayUnmap());
    }

    /** Takes the buffer for the payload of a write. */
    void expectPayload(int bytes) {
        data = buffers.take(bytes);
    }

    @Override
    public ByteBuffer buffer() {
        if (operation() == Operation.READ) {
            int end = Nbd.SIMPLE_REPLY_BYTES + (int) length();
            data = buffers.take(end).position(Nbd.SIMPLE_REPLY_BYTES);
        }
        return Objects.requireNonNull(data);
    }

    @Override
    public void completed(@Nullable BlockError outcome) {
        transmission.completed(this, outcome);
    }

    /** Says what is to be replied; keeps data only if that is part of the reply. */
    void finish(int newError) {
        error = newError;
        ByteBuffer read = data;
        if (read == null) {
            return;
        }
        if (error == Nbd.NBD_SUCCESS && operation() == Operation.READ) {
            read.clear().limit(Nbd.SIMPLE_REPLY_BYTES + (int) length());
            read.putInt(0, Nbd.NBD_SIMPLE_REPLY_MAGIC).putInt(4, error).putLong(8, cookie);
        } else {
            releaseData();
        }
    }

    /** Returns the whole reply if it has data; a reply without is to be {@linkplain #putReply put}. */
    @Nullable
    ByteBuffer data() {
        return data;
    }

    int replyBytes() {
        return data == null ? Nbd.SIMPLE_REPLY_BYTES : data.remaining();
    }

    void putReply(ByteBuffer replies) {
        replies.putInt(Nbd.NBD_SIMPLE_REPLY_MAGIC).putInt(error).putLong(cookie);
    }

    void releaseData() {
        if (data != null) {
            buffers.give(data);
            data = null;
        }
    }
}
