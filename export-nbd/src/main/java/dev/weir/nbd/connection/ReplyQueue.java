package dev.weir.nbd.connection;

import dev.weir.nbd.net.BufferPool;
import dev.weir.nbd.quota.Budget;
import dev.weir.nbd.quota.ClientQuotas;
import dev.weir.nbd.quota.DriveAccount;
import dev.weir.nbd.quota.TransferPool;
import dev.weir.nbd.wire.Wire;
import java.io.IOException;
import java.util.List;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/**
 * The reply queue of one connection, which also owns its requests in flight. The thread that adds a reply writes all
 * queued replies. It leaves that to another thread if one is writing already or if the queue is {@linkplain #cork
 * corked}. No thread waits. The connection's thread writes the rest that a full socket did not accept.
 *
 * <p>Thread-safe. The lock is never held during a write.
 */
public final class ReplyQueue {
    /** Corked replies that are flushed first (bytes). The threshold doubles up to a full round. */
    static final int FIRST_ROUND_BYTES = 32 << 10;

    /**
     * Most rounds, the batches of {@link ReplyRound}, that another thread writes before it leaves the rest to the
     * connection's thread.
     */
    static final int MAX_ROUNDS_ABROAD = 4;

    /** The connection of a queue. Any thread may call its methods. */
    interface Owner {

        /** Returns whether the caller is the connection's thread. */
        boolean ownThread();

        /**
         * Calls {@link ReplyQueue#writeOn} on the connection's thread once the socket is writable.
         *
         * @param longReply whether the unwritten rest includes a long reply
         */
        void awaitWritable(boolean longReply);

        /** Called when a connection at its quota may retry or when its last reply was written. */
        void roomAgain();

        /** Called when the socket failed. */
        void failed(Throwable cause);
    }

    private final Owner owner;
    private final Wire wire;

    /** The replies being written. Owned by the thread that set {@link #writing}. No thread owns it while parked. */
    private final ReplyRound round;

    /** Guarded by this object like all fields below. */
    private boolean writing;

    /** Whether the write waits until the socket is writable. */
    private boolean parked;

    private boolean corked;
    private boolean closed;

    private final InFlight inFlight;

    private final TransferPool transfers;
    private final TransferPool.Account transferred;

    private @Nullable NbdRequest first;
    private @Nullable NbdRequest last;
    private long queuedBytes;

    /** Queued bytes at which a corked queue is flushed. */
    private long maxCorkedBytes;

    /**
     * Makes an empty queue.
     *
     * @param account the account of the drive whose share the requests use
     */
    ReplyQueue(Owner owner, Wire wire, BufferPool pool, ClientQuotas limits, Budget budget, DriveAccount account) {
        this.owner = owner;
        this.wire = wire;
        inFlight = new InFlight(limits, budget, account, owner::roomAgain);
        transfers = budget.transfers();
        transferred = account.transfers;
        round = new ReplyRound(pool);
    }

    /**
     * Reserves a slot and memory for a request. Returns null if the connection is at its quota; {@link
     * Owner#roomAgain} is called when it may retry.
     *
     * @param carries the data of the request in either direction (bytes)
     * @param payload whether the data is the payload of a write
     * @param newRequest makes a request if none is pooled
     */
    synchronized @Nullable NbdRequest begin(long carries, boolean payload, Supplier<NbdRequest> newRequest) {
        return inFlight.begin(carries, payload, newRequest);
    }

    /** Takes memory for the data of a request that its limits have let go. Returns false if it must wait. */
    boolean takeTransfer(NbdRequest request) {
        return transfers.take(transferred, request.transferBytes());
    }

    /** Calls {@link NbdRequest#granted} once the request has its memory. */
    void awaitTransfer(NbdRequest request) {
        transfers.await(transferred, request);
    }

    /** Returns whether a request with that much data (bytes) fits into the transfer pool at all. */
    boolean isPossible(long carries) {
        return Budget.cost(carries) <= transfers.total();
    }

    /** Removes and returns the requests of a client that wait for memory. */
    List<TransferPool.Waiter> withdraw(Object client) {
        return transfers.withdraw(
                transferred, waiter -> waiter instanceof NbdRequest request && request.client() == client);
    }

    /** Returns all reply bytes that the wire has accepted so far. */
    long writtenBytes() {
        return round.writtenBytes();
    }

    /** Makes the connection retry. */
    void roomAgain() {
        owner.roomAgain();
    }

    /**
     * Adds the reply to a request. A closed queue discards it. Never blocks and never throws.
     *
     * @param moreFollow whether this thread adds or drops another request right after this one. The reply may then
     *     wait for it.
     */
    void add(NbdRequest request, boolean moreFollow) {
        boolean mine;
        synchronized (this) {
            append(request);
            mine = !writing && queuedBytes >= maxQueuedBytes(moreFollow);
            if (mine) {
                writing = true;
                // early flushes wake the client, later ones save system calls (see docs/design/decisions/019)
                maxCorkedBytes = Math.min(2 * maxCorkedBytes, ReplyRound.MAX_ROUND_BYTES);
            }
        }
        if (mine) {
            write();
        }
    }

    /** Returns the queued bytes at which the caller writes. */
    private long maxQueuedBytes(boolean moreFollow) {
        return corked ? maxCorkedBytes : moreFollow ? ReplyRound.MAX_ROUND_BYTES : 0;
    }

    private void append(NbdRequest request) {
        // linked through the requests: no allocation per reply (see docs/design/decisions/019)
        request.next = null;
        if (last == null) {
            first = request;
        } else {
            last.next = request;
        }
        last = request;
        queuedBytes += request.replyBytes();
    }

    /**
     * Holds replies together until {@link #uncork}. The first replies of many are flushed early to wake the client.
     * Call it on the connection's thread. See {@code docs/design/decisions/019-speed.md}.
     */
    synchronized void cork() {
        corked = true;
        maxCorkedBytes = FIRST_ROUND_BYTES;
    }

    /** Ends the cork and writes the queued replies. */
    void uncork() {
        boolean mine;
        synchronized (this) {
            corked = false;
            mine = takesWriting();
        }
        if (mine) {
            write();
        }
    }

    /** Returns whether the caller, which holds the lock, becomes the writer. */
    private boolean takesWriting() {
        boolean mine = !writing && !corked && first != null;
        writing |= mine;
        return mine;
    }

    /** Continues a write that a full socket interrupted, if any. Call it on the connection's thread. */
    void writeOn() {
        synchronized (this) {
            if (!parked) {
                return;
            }
            parked = false;
        }
        write();
    }

    /** Writes until the queue is empty. Called by the thread that set {@link #writing}. */
    private void write() {
        try {
            // a parked round is finished first: a reply must not be interrupted by another
            boolean more = !round.isEmpty() || nextRound();
            for (int rounds = 0; more; rounds++) {
                // a timer or worker thread must not serve one busy client indefinitely
                boolean enough = rounds == MAX_ROUNDS_ABROAD && !owner.ownThread();
                if (enough || !round.write(wire)) {
                    park();
                    return;
                }
                more = nextRound();
            }
        } catch (IOException | RuntimeException | OutOfMemoryError e) {
            synchronized (this) {
                closed = true;
                discard();
            }
            owner.failed(e);
        }
    }

    /**
     * Retires the written requests and gathers the next round. If that is empty, the caller stops being the writer.
     */
    private boolean nextRound() {
        NbdRequest written = round.clear();
        boolean more;
        boolean roomAgain;
        synchronized (this) {
            inFlight.retire(written);
            // close() leaves the round to the thread that writes it
            if (closed) {
                discard();
                return false;
            }
            gather();
            more = !round.isEmpty();
            // under the lock of the append, so that no reply is left without a writer
            writing = more;
            roomAgain = inFlight.isRoomAgain();
        }
        // outside the lock, because the connection may add requests at once
        if (roomAgain) {
            owner.roomAgain();
        }
        return more;
    }

    private void gather() {
        while (first != null && !round.isFull()) {
            NbdRequest request = first;
            NbdRequest after = request.next;
            queuedBytes -= request.replyBytes();
            round.add(request);
            first = after;
        }
        if (first == null) {
            last = null;
        }
    }

    private void park() {
        boolean longReply = round.hasLongReply();
        synchronized (this) {
            if (closed) {
                discard();
                return;
            }
            // still writing: other threads only append until the socket is writable
            parked = true;
        }
        owner.awaitWritable(longReply);
    }

    /** Frees a request whose payload did not arrive. */
    synchronized void forget(NbdRequest request) {
        request.next = null;
        inFlight.retire(request);
    }

    /** Frees a request without a reply. For {@code moreFollow} see {@link #add}. */
    void drop(NbdRequest request, boolean moreFollow) {
        boolean roomAgain;
        boolean mine;
        synchronized (this) {
            forget(request);
            roomAgain = inFlight.isRoomAgain();
            mine = !moreFollow && takesWriting();
        }
        if (roomAgain) {
            owner.roomAgain();
        }
        if (mine) {
            write();
        }
    }

    /**
     * Returns whether every request was replied to. If false, {@link Owner#roomAgain} is called when that becomes
     * true.
     */
    public synchronized boolean isDone() {
        return inFlight.isDone();
    }

    /** Discards the queue. Later replies are discarded too. */
    public synchronized void close() {
        closed = true;
        inFlight.close();
        if (!writing || parked) {
            // otherwise the writer may still use the buffers and discards them itself
            discard();
        }
    }

    private void discard() {
        inFlight.retire(round.clear());
        for (NbdRequest request = first; request != null; request = request.next) {
            request.giveBackData();
        }
        inFlight.retire(first);
        first = null;
        last = null;
        writing = false;
        parked = false;
    }
}
