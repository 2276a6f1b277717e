package dev.weir.nbd.connection;

import java.util.Queue;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicLong;
import java.util.concurrent.atomic.LongAdder;

/**
 * A total that members share. Half of it is guaranteed: an equal share for each member, which no other can take. The
 * other half is lent: a member may borrow as much beyond its share as is left for the others after that (the dynamic thresholds of
 * Choudhury and Hahne, 1998). One greedy member therefore borrows half of what is lent, and n of them 1/(n + 1) each.
 *
 * <p>Thread-safe.
 */
final class Shares {

    /** One member's part. */
    static final class Account {
        private final Shares shares;

        /** Guarded by this object, as is {@link #guaranteed}. */
        private long taken;

        private long guaranteed;

        private final Queue<Runnable> waiting = new ConcurrentLinkedQueue<>();
        private final AtomicBoolean inLine = new AtomicBoolean();

        private Account(Shares shares) {
            this.shares = shares;
            guaranteed = shares.guaranteed;
        }

        /** Takes an amount if the share has room for it, or as much can be borrowed. */
        synchronized boolean take(long amount) {
            long had = borrowed();
            long more = Math.max(0, taken + amount - guaranteed) - had;
            if (more > 0 && !shares.borrow(had, more)) {
                return false;
            }
            taken += amount;
            shares.used.add(amount);
            return true;
        }

        /** Gives an amount back, first of what is borrowed, and tells some of those that wait. */
        void give(long amount) {
            long returned;
            synchronized (this) {
                long had = borrowed();
                taken -= amount;
                returned = had - borrowed();
            }
            shares.used.add(-amount);
            shares.borrowed.addAndGet(-returned);
            shares.tell(this, amount, returned > 0);
        }

        private long borrowed() {
            return Math.max(0, taken - guaranteed);
        }

        private synchronized void guarantee(long newGuaranteed) {
            long had = borrowed();
            guaranteed = newGuaranteed;
            shares.borrowed.addAndGet(borrowed() - had);
        }

        /** Has a task run, on any thread, once there may be enough; try again after this, and now and then. */
        void await(Runnable task) {
            waiting.add(task);
            shares.waiters.incrementAndGet();
            joinLine();
        }

        private void joinLine() {
            if (inLine.compareAndSet(false, true)) {
                shares.line.add(this);
            }
        }

        /** Takes a task back that {@link #await} was told. */
        void forget(Runnable task) {
            if (waiting.remove(task)) {
                shares.waiters.decrementAndGet();
            }
        }

        /** Tells one that waits, and goes to the end of the line if there are more. */
        private void haveATurn() {
            inLine.set(false);
            tellOne();
            if (!waiting.isEmpty()) {
                joinLine();
            }
        }

        private boolean tellOne() {
            Runnable task = waiting.poll();
            if (task == null) {
                return false;
            }
            shares.waiters.decrementAndGet();
            task.run();
            return true;
        }

        synchronized long taken() {
            return taken;
        }
    }

    private final long unit;
    private final AtomicLong borrowed = new AtomicLong();
    private final LongAdder used = new LongAdder();

    /** The accounts of those that wait, in turn. */
    private final Queue<Account> line = new ConcurrentLinkedQueue<>();

    private final AtomicInteger waiters = new AtomicInteger();
    private volatile long guaranteed;
    private volatile long lent;

    /**
     * Makes shares of nothing, to be {@linkplain #divide divided}.
     *
     * @param unit the least amount that is taken; a share of less guarantees nothing
     */
    Shares(long unit) {
        this.unit = unit;
    }

    Account newAccount() {
        return new Account(this);
    }

    /** Divides a total anew. What is taken stays; what is now beyond a share counts as borrowed. */
    void divide(long total, int members, Iterable<Account> accounts) {
        long share = members <= 1 ? total : total / 2 / members / unit * unit;
        guaranteed = share;
        lent = total - share * Math.max(1, members);
        accounts.forEach(account -> account.guarantee(share));
    }

    private boolean borrow(long had, long more) {
        long before = borrowed.get();
        while (had + 2 * more <= lent - before) {
            if (borrowed.compareAndSet(before, before + more)) {
                return true;
            }
            before = borrowed.get();
        }
        return false;
    }

    /** Tells as many as the amount may be enough for: the account's own, and if something can be lent again, others too. */
    private void tell(Account own, long amount, boolean others) {
        if (waiters.get() == 0) {
            return;
        }
        long most = Math.max(1, amount / unit);
        for (long told = 0; told < most && own.tellOne(); told++) {
            // one after the other
        }
        Account next = others ? line.poll() : null;
        for (long told = 0; next != null; next = ++told < most ? line.poll() : null) {
            next.haveATurn();
        }
    }

    /** Returns whether a member waits for more. */
    boolean isScarce() {
        return waiters.get() > 0;
    }

    /** Returns what is guaranteed to each member. */
    long guaranteed() {
        return guaranteed;
    }

    /** Returns what is taken in all. */
    long used() {
        return used.sum();
    }
}
