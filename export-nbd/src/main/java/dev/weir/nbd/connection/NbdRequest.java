package dev.weir.nbd.connection;

import dev.weir.block.BlockError;
import dev.weir.block.BlockRequest;
import dev.weir.block.Loan;
import dev.weir.block.Operation;
import dev.weir.drive.Drive;
import dev.weir.nbd.net.BufferPool;
import dev.weir.nbd.protocol.ReplyWriter;
import dev.weir.nbd.protocol.RequestError;
import dev.weir.nbd.quota.Budget;
import dev.weir.nbd.quota.TransferPool;
import dev.weir.nbd.spec.Nbd;
import dev.weir.nbd.spec.NbdMode;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/**
 * One request of a client from its header until its reply is written. The object is then reused.
 *
 * <p>Not thread-safe. The connection's thread passes it to the drive. The drive passes it to the reply queue. The
 * lock of each of them guards the handover.
 */
final class NbdRequest extends BlockRequest implements TransferPool.Waiter {
    /**
     * First buffer of a longer payload (bytes). New memory is expensive and the client may send no payload at all.
     */
    static final int FIRST_PAYLOAD_BYTES = 1 << 20;

    /**
     * Shortest read that borrows memory of the backend (bytes). Shorter reads are copied. See {@code
     * docs/design/decisions/024-loans.md}.
     */
    static final int MIN_BORROWED_BYTES = 8 << 10;

    /** Most loans that a pooled request keeps room for. */
    static final int MAX_KEPT_LOANS = 16;

    /** Offset of a reply's data in its buffer. The header precedes it. */
    private static final int DATA = ReplyWriter.MAX_DATA_HEADER_BYTES;

    private final TransmissionCodec transmission;
    private final NbdMode mode;
    private final BufferPool buffers;
    private long cookie;

    /** Offset as the client sent it (bytes). */
    private long requestOffset;

    private @Nullable RequestError error;

    /** The payload of a write or the reply with its header. Lent data follows it from {@link #loans}. */
    private @Nullable ByteBuffer data;

    /** The data of a read in the backend's memory. Empty if the data was copied. */
    private final ArrayList<Loan> loans = new ArrayList<>(0);

    /** Length of the remaining parts of a range that exceeds the longest request of a drive (bytes). */
    private long restBytes;

    /**
     * Extents of a block status: the most allowed, the number in {@link #data} and the last one, which is not written
     * yet.
     */
    private int maxExtents;

    private int extents;
    private long lastExtentBytes;
    private int lastState;

    /**
     * The cost of its data in the sense of {@link Budget}. {@link #sharedBytes} of it are from the share of the
     * drive. Guarded by the reply queue.
     */
    private long carriedBytes;

    private long sharedBytes;

    /** Bytes from the transfer pool. */
    private long transferredBytes;

    /** Whether the drive has the request and its payload is not yet received. */
    private boolean awaitsPayload;

    /** Continues with the storage. Called when the request has its memory and a deferred payload. */
    private @Nullable Consumer<@Nullable BlockError> goOn;

    /** The next request in its list. Guarded by the reply queue. */
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

    /** Sets the cost of its data and the part that is already taken. The rest is taken after the release. */
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

    /** Returns the bytes to return to the transfer pool and resets them to 0. */
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

    /** Returns whether this is a write whose payload stays in the socket until its release. */
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

    /** Marks a write that the drive gets before its payload. */
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

    /** Continues with the storage or completes with an error. */
    void goOn(@Nullable BlockError newError) {
        Consumer<@Nullable BlockError> next = Objects.requireNonNull(goOn);
        goOn = null;
        next.accept(newError);
    }

    /**
     * Sets the range. Splits a trim (discard), write-zeroes or cache request that is longer than {@link
     * Drive#MAX_TRANSFER}: sets its first part, and {@link #nextPart} sets the next.
     */
    void splitRange(Operation operation, long offset, long length, boolean fua, boolean mayUnmap) {
        long part = Math.min(length, Drive.MAX_TRANSFER);
        restBytes = length - part;
        prepare(operation, offset, part);
        fua(fua);
        mayUnmap(mayUnmap);
    }

    /** Prepares a request for the extents of a range. */
    void blockStatus(long offset, long length, int newMaxExtents) {
        maxExtents = newMaxExtents;
        extents = 0;
        lastExtentBytes = 0;
        prepare(Operation.BLOCK_STATUS, offset, length);
    }

    boolean hasNextPart() {
        return restBytes > 0;
    }

    /** Sets the next part of a long range. */
    void nextPart() {
        splitRange(operation(), offset() + length(), restBytes, fua(), mayUnmap());
    }

    /**
     * Takes the buffer for the payload of a write. A long payload starts with a smaller one because the client may
     * not send it all.
     */
    void expectPayload() {
        data = buffers.take((int) Math.min(length(), FIRST_PAYLOAD_BYTES));
    }

    /** Moves the received payload from its full buffer to one for the whole payload. An error leaves it in place. */
    void expectMorePayload() {
        ByteBuffer full = Objects.requireNonNull(data);
        ByteBuffer larger = buffers.take((int) length());
        data = larger.put(full.flip());
        buffers.give(full);
    }

    @Override
    public ByteBuffer buffer() {
        if (operation() == Operation.READ) {
            giveBackData();
            data = buffers.take(DATA + (int) length()).position(DATA);
        }
        return Objects.requireNonNull(data);
    }

    @Override
    public void forfeitBuffer() {
        if (data != null) {
            buffers.forfeit(data);
            data = null;
        }
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
    protected void completed(@Nullable BlockError outcome) {
        transmission.completed(this, outcome, false);
    }

    @Override
    protected void completed(@Nullable BlockError outcome, boolean moreFollow) {
        transmission.completed(this, outcome, moreFollow);
    }

    /**
     * Turns the request into its reply. Data that the reply does not contain is given back.
     *
     * @param newError the error to reply or null for success
     */
    void finish(@Nullable RequestError newError) {
        error = newError == null && lacksData() ? RequestError.of(BlockError.EIO) : newError;
        if (error == null && operation() == Operation.BLOCK_STATUS) {
            finishStatus();
        } else if (error == null && operation() == Operation.READ) {
            finishRead(Objects.requireNonNull(data));
        } else {
            giveBackData();
        }
    }

    /** Returns whether the drive answers a read with other than its length. Such a reply would break the protocol. */
    private boolean lacksData() {
        if (operation() != Operation.READ) {
            return false;
        }
        long lent = 0;
        for (Loan loan : loans) {
            lent += loan.bytes().remaining();
        }
        return data == null || (!loans.isEmpty() && lent != length());
    }

    private void finishRead(ByteBuffer read) {
        int bytes = (int) length();
        int start = DATA - mode.readHeaderBytes;
        read.limit(loans.isEmpty() ? DATA + bytes : DATA).position(start);
        ReplyWriter.putReadHeader(read, mode, cookie, requestOffset, bytes);
        read.position(start);
    }

    /**
     * Completes the list of extents. Without any extent from the drive, it reports the range as data, which the
     * protocol always allows.
     */
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

    /**
     * Returns the buffer of a reply with data, without its {@link #loans}. Null for a reply without data: use {@link
     * #putReply} then.
     */
    @Nullable
    ByteBuffer data() {
        return data;
    }

    /** Returns the lent data that follows {@link #data}. */
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

    void giveBackData() {
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
