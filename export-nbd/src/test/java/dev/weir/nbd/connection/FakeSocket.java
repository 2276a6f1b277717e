package dev.weir.nbd.connection;

import dev.weir.nbd.net.BufferPool;
import dev.weir.nbd.wire.Identity;
import dev.weir.nbd.wire.Wire;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** A socket for replies that takes as much as the test says. Thread-safe. */
public final class FakeSocket implements Wire, ReplyQueue.Owner {
    private final ByteArrayOutputStream written = new ByteArrayOutputStream();
    private long room = Long.MAX_VALUE;
    private boolean foreign;
    private boolean broken;
    private boolean lazy;
    private int calls;
    private int awaited;
    private int awaitedLong;
    private int roomAgain;
    private @Nullable Throwable failure;

    /** Returns a new queue of replies that go here. */
    public ReplyQueue queue(BufferPool pool) {
        return queue(pool, budget(ClientQuotas.DEFAULT.maxTotalBytes()));
    }

    /** Returns a queue whose requests have their memory from a budget. */
    ReplyQueue queue(BufferPool pool, Budget budget) {
        return new ReplyQueue(this, this, pool, ClientQuotas.DEFAULT, budget, budget.newAccount(new Shares(1)));
    }

    /** Returns a budget for one connection to one drive. */
    static Budget budget(long total) {
        Budget budget = new Budget();
        budget.divide(total, 1, 1, List.of());
        return budget;
    }

    /** Takes so many bytes and no more, until told again. */
    synchronized FakeSocket room(long bytes) {
        room = bytes;
        return this;
    }

    /** Says that whoever calls is not the connection's own thread. */
    synchronized void beForeign() {
        foreign = true;
    }

    /** Says that what it took is not yet sent, until told otherwise. */
    synchronized void beLazy(boolean now) {
        lazy = now;
    }

    /** Fails from now on. */
    synchronized void breakDown() {
        broken = true;
    }

    /** Returns how often it was written to. */
    synchronized int calls() {
        return calls;
    }

    /** Returns how often somebody wanted to know when it takes more. */
    synchronized int awaited() {
        return awaited;
    }

    /** Returns how often it took no more of a long reply. */
    synchronized int awaitedLong() {
        return awaitedLong;
    }

    synchronized int roomAgainCount() {
        return roomAgain;
    }

    synchronized @Nullable Throwable failure() {
        return failure;
    }

    synchronized ByteBuffer written() {
        return ByteBuffer.wrap(written.toByteArray());
    }

    /** Returns the replies that were written; each has so much data if it is no error. */
    List<Reply> replies(int... dataBytes) {
        ByteBuffer from = written();
        List<Reply> replies = new ArrayList<>();
        for (int bytes : dataBytes) {
            Reply reply = Reply.takeHeader(from);
            if (reply.error() == 0) {
                reply = reply.with(from.slice(from.position(), bytes));
                from.position(from.position() + bytes);
            }
            replies.add(reply);
        }
        if (from.hasRemaining()) {
            throw new AssertionError(from.remaining() + " bytes more than " + dataBytes.length + " replies");
        }
        return replies;
    }

    @Override
    public synchronized int write(ByteBuffer from) throws IOException {
        return (int) write(new ByteBuffer[] {from}, 0, 1);
    }

    @Override
    public synchronized long write(ByteBuffer[] from, int offset, int length) throws IOException {
        calls++;
        if (broken) {
            throw new IOException("Broken pipe");
        }
        long before = room;
        for (int i = offset; i < offset + length; i++) {
            byte[] part = new byte[(int) Math.min(room, from[i].remaining())];
            from[i].get(part);
            written.writeBytes(part);
            room -= part.length;
        }
        return before - room;
    }

    @Override
    public long write(ByteBuffer[] from) throws IOException {
        return write(from, 0, from.length);
    }

    @Override
    public synchronized boolean ownThread() {
        return !foreign;
    }

    @Override
    public synchronized void awaitWritable(boolean longReply) {
        awaited++;
        awaitedLong += longReply ? 1 : 0;
    }

    @Override
    public synchronized void roomAgain() {
        roomAgain++;
    }

    @Override
    public synchronized void failed(Throwable cause) {
        failure = cause;
    }

    @Override
    public synchronized boolean flush() {
        return !lazy;
    }

    @Override
    public int read(ByteBuffer to) {
        throw new UnsupportedOperationException();
    }

    @Override
    public long read(ByteBuffer[] to, int offset, int length) {
        throw new UnsupportedOperationException();
    }

    @Override
    public long read(ByteBuffer[] to) {
        throw new UnsupportedOperationException();
    }

    @Override
    public boolean hasMore() {
        return false;
    }

    @Override
    public boolean isSecure() {
        return false;
    }

    @Override
    public Identity peer() {
        return Identity.UNKNOWN;
    }

    @Override
    public boolean isOpen() {
        return true;
    }

    @Override
    public void close() {}
}
