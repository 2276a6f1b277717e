package dev.weir.nbd.quota;

import java.util.Queue;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicLong;
import java.util.concurrent.atomic.LongAdder;

/**
 * A total that members share. One half is guaranteed: each member has an equal share of it that no other member can
 * take. The other half is lent. A member may borrow as much as it leaves free for others (the dynamic thresholds of
 * Choudhury and Hahne, 1998). So one greedy member borrows at most half of it and n of them borrow 1/(n + 1) each.
 *
 * <p>Thread-safe.
 */
public final class Shares {

    /** The account of one member. */
    public static final class Account {
        private final Shares shares;

        /** Guarded by this object like {@link #guaranteed}. */
        private long taken;

        private long guaranteed;

        private final Queue<Runnable> waiting = new ConcurrentLinkedQueue<>();
        private final AtomicBoolean inLine = new AtomicBoolean();

        private Account(Shares shares) {
            this.shares = shares;
            guaranteed = shares.guaranteed;
        }

        /**
         * Takes an amount from the guaranteed share and borrows the rest. Returns false and takes nothing if too
         * little is free.
         */
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

        /** Returns an amount. Borrowed parts go back first. Then some waiting tasks run. */
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

        /**
         * Runs a task on any thread once enough may be free. Retry once right after this call and again in each run
         * of the task.
         */
        public void await(Runnable task) {
            waiting.add(task);
            shares.waiters.incrementAndGet();
            joinLine();
        }

        private void joinLine() {
            if (inLine.compareAndSet(false, true)) {
                shares.line.add(this);
            }
        }

        /** Cancels a task of {@link #await}. */
        public void forget(Runnable task) {
            if (waiting.remove(task)) {
                shares.waiters.decrementAndGet();
            }
        }

        /** Runs one waiting task. The account joins the end of the line if it has more. */
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

    /** The accounts with waiting tasks in turn. */
    private final Queue<Account> line = new ConcurrentLinkedQueue<>();

    private final AtomicInteger waiters = new AtomicInteger();
    private volatile long guaranteed;
    private volatile long lent;

    /**
     * Makes empty shares. Call {@link #divide} next.
     *
     * @param unit the smallest amount that is taken. A smaller share guarantees nothing.
     */
    public Shares(long unit) {
        this.unit = unit;
    }

    Account newAccount() {
        return new Account(this);
    }

    /** Divides a new total. Members keep the taken amount. Amounts beyond the new share count as borrowed. */
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

    /**
     * Runs as many waiting tasks as the amount may satisfy. Other members have a turn if borrowed parts came back.
     */
    private void tell(Account own, long amount, boolean others) {
        if (waiters.get() == 0) {
            return;
        }
        long most = Math.max(1, amount / unit);
        for (long told = 0; told < most && own.tellOne(); told++) {
            // the condition runs the tasks
        }
        Account next = others ? line.poll() : null;
        for (long told = 0; next != null; next = ++told < most ? line.poll() : null) {
            next.haveATurn();
        }
    }

    /** Returns whether a member waits. */
    boolean isScarce() {
        return waiters.get() > 0;
    }

    /** Returns the guaranteed share of each member. */
    long guaranteed() {
        return guaranteed;
    }

    /** Returns the sum of all taken amounts. */
    long used() {
        return used.sum();
    }
}
