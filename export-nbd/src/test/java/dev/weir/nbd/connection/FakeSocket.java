package dev.weir.nbd.connection;

import dev.weir.nbd.net.BufferPool;
import dev.weir.nbd.quota.Budget;
import dev.weir.nbd.quota.ClientQuotas;
import dev.weir.nbd.quota.Shares;
import dev.weir.nbd.wire.Identity;
import dev.weir.nbd.wire.Wire;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** A fake socket for replies that accepts as many bytes as the test allows. Thread-safe. */
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

    /** Returns a new reply queue that writes to this socket. */
    public ReplyQueue queue(BufferPool pool) {
        return queue(pool, budget(ClientQuotas.DEFAULT.maxTotalBytes()));
    }

    /** Returns a reply queue whose requests take memory from a budget. */
    ReplyQueue queue(BufferPool pool, Budget budget) {
        return new ReplyQueue(
                this, this, pool, ClientQuotas.DEFAULT, budget, budget.newAccount(new Shares(1), new Shares(1)));
    }

    /** Returns a budget for one connection to one drive. */
    static Budget budget(long total) {
        Budget budget = new Budget();
        budget.divide(total, 1, 1, List.of());
        return budget;
    }

    /** Accepts that many bytes and then none until the next call. */
    synchronized FakeSocket room(long bytes) {
        room = bytes;
        return this;
    }

    /** Makes every caller appear as another thread than the connection's. */
    synchronized void beForeign() {
        foreign = true;
    }

    /** Sets whether accepted bytes stay unsent. */
    synchronized void beLazy(boolean now) {
        lazy = now;
    }

    /** Fails every later call. */
    synchronized void breakDown() {
        broken = true;
    }

    /** Returns the number of writes. */
    synchronized int calls() {
        return calls;
    }

    /** Returns the number of calls of {@link #awaitWritable}. */
    synchronized int awaited() {
        return awaited;
    }

    /** Returns the number of calls of {@link #awaitWritable} for a long reply. */
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

    /** Parses the written replies. A success has the given length of data (bytes). */
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
