package dev.weir.nbd.connection;

import dev.weir.block.BlockError;
import dev.weir.block.Loan;
import dev.weir.drive.Drive;
import dev.weir.drive.DriveRequest;
import dev.weir.drive.Operation;
import dev.weir.nbd.net.BufferPool;
import dev.weir.nbd.protocol.Nbd;
import dev.weir.nbd.protocol.NbdMode;
import dev.weir.nbd.protocol.ReplyWriter;
import dev.weir.nbd.protocol.RequestError;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/**
 * One request of a client, from its header until its reply has been written, and then the next.
 *
 * <p>Not thread-safe: it is handed from the connection's thread to the drive, from there to the reply queue
 * and back, each under that one's lock.
 */
final class NbdRequest extends DriveRequest implements TransferPool.Waiter {
    /** First buffer of a longer payload, in bytes. New memory is expensive, also if no payload follows. */
    static final int FIRST_PAYLOAD_BYTES = 1 << 20;

    /** Shortest read that borrows memory of the backend, in bytes; shorter reads are copied. */
    static final int MIN_BORROWED_BYTES = 8 << 10;

    /** Loans for which a request that is kept for reuse has room. */
    static final int MAX_KEPT_LOANS = 16;

    /** Where the data of a reply begins in its buffer, with its header in front of it. */
    private static final int DATA = ReplyWriter.MAX_DATA_HEADER_BYTES;

    private final TransmissionCodec transmission;
    private final NbdMode mode;
    private final BufferPool buffers;
    private long cookie;

    /** As the client gave it. */
    private long requestOffset;

    private @Nullable RequestError error;

    /** The payload of a write until it is done, or what a reply is, but for what is behind it in {@link #loans}. */
    private @Nullable ByteBuffer data;

    /** Of a read whose bytes stay in the backend's memory, all of them, else empty. */
    private final ArrayList<Loan> loans = new ArrayList<>(0);

    /** What is still to do after the present part of a range longer than a drive takes at once, in bytes. */
    private long restBytes;

    /** The extents of a block status: how many at most, how many are in {@link #data}, and the one that is not yet. */
    private int maxExtents;

    private int extents;
    private long lastExtentBytes;
    private int lastState;

    /** What it carries, and what of that is taken of the drive's share, in the sense of {@link Budget}. The reply queue's. */
    private long carriedBytes;

    private long sharedBytes;

    /** What it has of the transfer pool. */
    private long transferredBytes;

    /** Whether it was given to the drive before its payload was received, which is still so. */
    private boolean awaitsPayload;

    /** Has it go on with the storage, once it has its memory, and its payload if that was deferred. */
    private @Nullable Consumer<@Nullable BlockError> goOn;

    /** The next in whichever list it is. The reply queue's. */
    @Nullable
    NbdRequest next;

    NbdRequest(Object client, TransmissionCodec transmission, NbdMode mode, BufferPool buffers) {
        super(client);
        this.transmission = transmission;
        this.mode = mode;
        this.buffers = buffers;
    }

    void begin(long newCookie, long newOffset) {
        awaitsPayload = false;
        cookie = newCookie;
        requestOffset = newOffset;
        error = null;
        restBytes = 0;
    }

    /** Says what it carries and what of that is taken already; the rest is taken when the drive releases it. */
    void count(long carried, long shared) {
        carriedBytes = carried;
        sharedBytes = shared;
    }

    long carriedBytes() {
        return carriedBytes;
    }

    long sharedBytes() {
        return sharedBytes;
    }

    /** Returns what is to be given back to the transfer pool, once. */
    long takeTransferredBytes() {
        long bytes = transferredBytes;
        transferredBytes = 0;
        return bytes;
    }

    boolean awaitsPayload() {
        return awaitsPayload;
    }

    void payloadReceived() {
        awaitsPayload = false;
    }

    /** Returns whether it is a write whose payload stays in the socket until the drive releases it. */
    boolean isDeferred() {
        return operation() == Operation.WRITE && sharedBytes < carriedBytes;
    }

    @Override
    public boolean isReady() {
        if (sharedBytes == carriedBytes || transferredBytes > 0) {
            return true;
        }
        if (isDeferred() || !transmission.takeTransfer(this)) {
            return false;
        }
        transferredBytes = carriedBytes;
        return true;
    }

    /** Is given to the drive without its payload. */
    void defer() {
        awaitsPayload = true;
    }

    @Override
    public void whenReady(Consumer<@Nullable BlockError> newGoOn) {
        goOn = newGoOn;
        transmission.awaitTransfer(this);
    }

    @Override
    public long transferBytes() {
        return carriedBytes;
    }

    @Override
    public void granted() {
        transferredBytes = carriedBytes;
        transmission.granted(this);
    }

    /** Has it go on with the storage, or complete with an error. */
    void goOn(@Nullable BlockError newError) {
        Consumer<@Nullable BlockError> next = Objects.requireNonNull(goOn);
        goOn = null;
        next.accept(newError);
    }

    /** Prepares the range, or the first part of it if it is too long for one request to the drive. */
    void range(Operation operation, long offset, long length, boolean fua, boolean mayUnmap) {
        long part = Math.min(length, Drive.MAX_TRANSFER);
        restBytes = length - part;
        prepare(operation, offset, part);
        fua(fua);
        mayUnmap(mayUnmap);
    }

    /** Prepares to ask for the extents of a range. */
    void blockStatus(long offset, long length, int newMaxExtents) {
        maxExtents = newMaxExtents;
        extents = 0;
        lastExtentBytes = 0;
        prepare(Operation.BLOCK_STATUS, offset, length);
    }

    boolean hasMore() {
        return restBytes > 0;
    }

    /** Prepares the part behind the present one. */
    void nextPart() {
        range(operation(), offset() + length(), restBytes, fua(), mayUnmap());
    }

    /** Takes the buffer for the payload of a write, or for the first of a long one: not all that is announced comes. */
    void expectPayload() {
        data = buffers.take((int) Math.min(length(), FIRST_PAYLOAD_BYTES));
    }

    /** Moves what has come of the payload, which fills its buffer, to one for all; it stays where it is on an error. */
    void expectMorePayload() {
        ByteBuffer full = Objects.requireNonNull(data);
        ByteBuffer larger = buffers.take((int) length());
        data = larger.put(full.flip());
        buffers.give(full);
    }

    @Override
    public ByteBuffer buffer() {
        if (operation() == Operation.READ) {
            releaseData();
            data = buffers.take(DATA + (int) length()).position(DATA);
        }
        return Objects.requireNonNull(data);
    }

    @Override
    public boolean borrows() {
        return length() >= MIN_BORROWED_BYTES;
    }

    @Override
    public void borrow(Loan loan) {
        try {
            loans.add(loan);
        } catch (OutOfMemoryError e) {
            loan.giveBack();
            throw e;
        }
        if (data == null) {
            data = buffers.take(DATA);
        }
    }

    @Override
    public boolean extent(long extentLength, boolean hole) {
        int state = hole ? Nbd.NBD_STATE_HOLE | Nbd.NBD_STATE_ZERO : 0;
        if (lastExtentBytes > 0 && state == lastState) {
            lastExtentBytes += extentLength;
            return true;
        }
        putLastExtent();
        lastExtentBytes = extents < maxExtents ? extentLength : 0;
        lastState = state;
        return lastExtentBytes > 0;
    }

    private void putLastExtent() {
        if (lastExtentBytes > 0) {
            ByteBuffer list = data;
            if (list == null) {
                list = buffers.take(DATA + maxExtents * ReplyWriter.extentBytes(mode))
                        .position(DATA);
                data = list;
            }
            ReplyWriter.putExtent(list, mode, lastExtentBytes, lastState);
            lastExtentBytes = 0;
            extents++;
        }
    }

    @Override
    public void completed(@Nullable BlockError outcome) {
        transmission.completed(this, outcome, false);
    }

    @Override
    public void completed(@Nullable BlockError outcome, boolean moreFollow) {
        transmission.completed(this, outcome, moreFollow);
    }

    /** Says what is to be replied, null if it was done; keeps data only if that is part of the reply. */
    void finish(@Nullable RequestError newError) {
        error = newError;
        if (error == null && operation() == Operation.BLOCK_STATUS) {
            finishStatus();
        } else if (error == null && operation() == Operation.READ) {
            finishRead(Objects.requireNonNull(data));
        } else {
            releaseData();
        }
    }

    private void finishRead(ByteBuffer read) {
        int bytes = (int) length();
        int start = DATA - mode.readHeaderBytes;
        read.limit(loans.isEmpty() ? DATA + bytes : DATA).position(start);
        ReplyWriter.putReadHeader(read, mode, cookie, requestOffset, bytes);
        read.position(start);
    }

    /** That a range holds data is right of any range, so that is what a drive says that has said nothing. */
    private void finishStatus() {
        if (extents == 0 && lastExtentBytes == 0) {
            extent(length(), false);
        }
        putLastExtent();
        ByteBuffer list = Objects.requireNonNull(data);
        int start = DATA - ReplyWriter.statusHeaderBytes(mode);
        list.flip().position(start);
        ReplyWriter.putStatusHeader(list, mode, cookie, requestOffset, extents);
        list.position(start);
    }

    /** Returns the reply if it has data, but for the {@link #loans}; a reply without is to be {@linkplain #putReply put}. */
    @Nullable
    ByteBuffer data() {
        return data;
    }

    /** Returns what comes behind {@link #data}. */
    List<Loan> loans() {
        return loans;
    }

    int replyBytes() {
        if (data == null) {
            return ReplyWriter.plainBytes(mode, error);
        }
        return data.remaining() + (loans.isEmpty() ? 0 : (int) length());
    }

    void putReply(ByteBuffer replies) {
        ReplyWriter.putPlain(replies, mode, cookie, requestOffset, error);
    }

    void releaseData() {
        loans.forEach(Loan::giveBack);
        boolean many = loans.size() > MAX_KEPT_LOANS;
        loans.clear();
        if (many) {
            loans.trimToSize();
        }
        if (data != null) {
            buffers.give(data);
            data = null;
        }
    }
}
