package dev.weir.nbd.connection;

import dev.weir.nbd.net.BufferPool;
import dev.weir.nbd.wire.Wire;
import java.io.IOException;
import java.util.List;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/**
 * The replies of one connection, and its requests until their replies have been written. Whoever adds a reply writes it and what others have
 * added meanwhile, unless somebody is writing already or the connection's thread has {@linkplain #cork corked}
 * the queue; nobody waits. What a full socket leaves, the connection's thread writes.
 *
 * <p>Thread-safe. Its lock is never held while anything is written.
 */
public final class ReplyQueue {
    /** Bytes of replies that are corked at first; the bound doubles up to a full round. */
    static final int FIRST_ROUND_BYTES = 32 << 10;

    /** Rounds that a thread other than the connection's own writes before it leaves the rest to that thread. */
    static final int MAX_ROUNDS_ABROAD = 4;

    /** The connection that a queue belongs to. All of it may be called by any thread. */
    interface Owner {

        /** Returns whether this is the connection's own thread. */
        boolean ownThread();

        /**
         * Has {@link ReplyQueue#writeOn} called by the connection's thread once the socket takes more.
         *
         * @param longReply whether there is a long reply in what it did not take all of
         */
        void awaitWritable(boolean longReply);

        /** Tells that there is room again, or nothing left to do, if {@link ReplyQueue} had said otherwise. */
        void roomAgain();

        /** Tells that the socket failed. */
        void failed(Throwable cause);
    }

    private final Owner owner;
    private final Wire wire;

    /** What is being written. Belongs to the thread that set {@link #writing}, and while parked to nobody. */
    private final ReplyRound round;

    /** Guarded by this object, as is all below. */
    private boolean writing;

    private boolean parked;
    private boolean corked;
    private boolean closed;

    private final InFlight inFlight;

    private final TransferPool transfers;
    private final TransferPool.Account transferred;

    private @Nullable NbdRequest first;
    private @Nullable NbdRequest last;
    private long queuedBytes;

    /** How much may be queued before it is written although the queue is corked. */
    private long maxCorkedBytes;

    /**
     * Makes a queue.
     *
     * @param account of the drive, whose share its requests are taken from
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
     * Counts a request in, unless that would be too many or too much. Then {@link Owner#roomAgain} follows.
     *
     * @param carries what it carries, in bytes
     * @param payload whether that is a payload
     * @param newRequest makes one if there is none to use again
     */
    synchronized @Nullable NbdRequest begin(long carries, boolean payload, Supplier<NbdRequest> newRequest) {
        return inFlight.begin(carries, payload, newRequest);
    }

    /** Returns whether a request that was released has its memory now. */
    boolean takeTransfer(NbdRequest request) {
        return transfers.take(transferred, request.transferBytes());
    }

    /** Has {@link NbdRequest#granted} called as soon as its memory is there. */
    void awaitTransfer(NbdRequest request) {
        transfers.await(transferred, request);
    }

    /** Returns whether memory for a request can ever be there. */
    boolean isPossible(long carries) {
        return Budget.cost(carries) <= transfers.total();
    }

    /** Takes back the requests of a client that still wait for memory. */
    List<TransferPool.Waiter> withdraw(Object client) {
        return transfers.withdraw(
                transferred, waiter -> waiter instanceof NbdRequest request && request.client() == client);
    }

    /** Returns how much the wire has taken of all replies, in bytes. */
    long writtenBytes() {
        return round.writtenBytes();
    }

    /** Has the connection look again whether it can take more. */
    void roomAgain() {
        owner.roomAgain();
    }

    /**
     * Adds the reply to a request; if the queue is closed, nothing is written. Never blocks and never throws.
     *
     * @param moreFollow whether this thread adds or drops another request right after this, so that the reply can wait
     */
    void add(NbdRequest request, boolean moreFollow) {
        boolean mine;
        synchronized (this) {
            append(request);
            mine = !writing && queuedBytes >= maxQueuedBytes(moreFollow);
            if (mine) {
                writing = true;
                maxCorkedBytes = Math.min(2 * maxCorkedBytes, ReplyRound.MAX_ROUND_BYTES);
            }
        }
        if (mine) {
            write();
        }
    }

    /** Returns how much may be queued before it is written. */
    private long maxQueuedBytes(boolean moreFollow) {
        return corked ? maxCorkedBytes : moreFollow ? ReplyRound.MAX_ROUND_BYTES : 0;
    }

    private void append(NbdRequest request) {
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
     * Keeps replies together until {@link #uncork}; for the connection's thread. The first of many are kept a short
     * time only, so that the client is awake when the others come.
     */
    synchronized void cork() {
        corked = true;
        maxCorkedBytes = FIRST_ROUND_BYTES;
    }

    /** Writes what was kept. */
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

    /** Returns whether the caller, which has the lock, is to write what is queued, and nobody else then. */
    private boolean takesWriting() {
        boolean mine = !writing && !corked && first != null;
        writing |= mine;
        return mine;
    }

    /** Goes on writing what the socket did not take, if anything; for the connection's thread. */
    void writeOn() {
        synchronized (this) {
            if (!parked) {
                return;
            }
            parked = false;
        }
        write();
    }

    /** Writes until nothing is left, for the thread that set {@link #writing}. */
    private void write() {
        try {
            boolean more = !round.isEmpty() || nextRound();
            for (int rounds = 0; more; rounds++) {
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

    /** Retires what was written and gathers what comes next; if that is nothing, somebody else may write. */
    private boolean nextRound() {
        NbdRequest written = round.clear();
        boolean more;
        boolean roomAgain;
        synchronized (this) {
            inFlight.retire(written);
            if (closed) {
                discard();
                return false;
            }
            gather();
            more = !round.isEmpty();
            writing = more;
            roomAgain = inFlight.isRoomAgain();
        }
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
            parked = true;
        }
        owner.awaitWritable(longReply);
    }

    /** Counts out a request whose payload did not arrive. */
    synchronized void forget(NbdRequest request) {
        request.next = null;
        inFlight.retire(request);
    }

    /** Counts out a request that is not to be replied to; {@code moreFollow} is that of {@link #add}. */
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

    /** Returns whether every request was replied to; if not, {@link Owner#roomAgain} follows when that is so. */
    public synchronized boolean isDone() {
        return inFlight.isDone();
    }

    /** Writes nothing more; replies that are added from now on go nowhere. */
    public synchronized void close() {
        closed = true;
        inFlight.close();
        if (!writing || parked) {
            discard();
        }
    }

    private void discard() {
        inFlight.retire(round.clear());
        for (NbdRequest request = first; request != null; request = request.next) {
            request.releaseData();
        }
        inFlight.retire(first);
        first = null;
        last = null;
        writing = false;
        parked = false;
    }
}
