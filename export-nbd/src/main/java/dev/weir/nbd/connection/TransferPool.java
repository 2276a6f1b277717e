package dev.weir.nbd.connection;

import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Set;
import java.util.concurrent.atomic.AtomicLong;
import java.util.function.Predicate;

/**
 * The memory of requests that no limit holds any more, from their release until their reply is written. It comes back as
 * fast as storage and clients are, so a request may wait for it. A drive may have as much as is left for
 * the others after that, and at most a third. Its first request may have all that is left. Drives that wait are served in turn, those that
 * have nothing first.
 *
 * <p>Thread-safe.
 */
final class TransferPool {

    /** A request that waits. */
    interface Waiter {

        /** Returns how much it needs, in bytes. */
        long transferBytes();

        /** Tells that it has it now. Called once, on any thread. */
        void granted();
    }

    /** One drive's part. */
    static final class Account {
        private final AtomicLong taken = new AtomicLong();

        /** Guarded by the pool. */
        private final Deque<Waiter> waiters = new ArrayDeque<>(0);

        long taken() {
            return taken.get();
        }
    }

    /** A drive has at most one part in so many, beside its first request. */
    private static final int MAX_PART = 3;

    private final AtomicLong used = new AtomicLong();
    private volatile long total;

    /** Accounts with waiters, the one that is next first. Guarded by this object. */
    private final Set<Account> waiting = new LinkedHashSet<>();

    private volatile boolean scarce;

    /** Changes how much there is; what is taken stays. */
    void total(long newTotal) {
        total = newTotal;
        serve();
    }

    /** Returns how much there is: no request can have more. */
    long total() {
        return total;
    }

    /** Takes memory if it is there and no request waits. */
    boolean take(Account account, long bytes) {
        return !scarce && tryTake(account, bytes);
    }

    private boolean tryTake(Account account, long bytes) {
        long before = used.get();
        while (isEnough(total - before, account.taken.get(), bytes)) {
            if (used.compareAndSet(before, before + bytes)) {
                account.taken.addAndGet(bytes);
                return true;
            }
            before = used.get();
        }
        return false;
    }

    private boolean isEnough(long left, long own, long bytes) {
        return own == 0 ? bytes <= left : own + 2 * bytes <= left && own + bytes <= total / MAX_PART;
    }

    /** Takes memory as soon as it is there, possibly at once. */
    void await(Account account, Waiter waiter) {
        synchronized (this) {
            account.waiters.add(waiter);
            waiting.add(account);
            scarce = true;
        }
        serve();
    }

    /** Gives memory back. */
    void give(Account account, long bytes) {
        account.taken.addAndGet(-bytes);
        used.addAndGet(-bytes);
        if (scarce) {
            serve();
        }
    }

    /** Takes the waiters of a client back: they are not granted any more. */
    List<Waiter> withdraw(Account account, Predicate<Waiter> whose) {
        List<Waiter> withdrawn;
        synchronized (this) {
            withdrawn = account.waiters.stream().filter(whose).toList();
            account.waiters.removeAll(withdrawn);
            if (account.waiters.isEmpty()) {
                waiting.remove(account);
            }
        }
        serve();
        return withdrawn;
    }

    private void serve() {
        List<Waiter> granted = new ArrayList<>();
        synchronized (this) {
            int before;
            do {
                before = granted.size();
                if (serve(true, granted)) {
                    serve(false, granted);
                }
            } while (granted.size() > before);
            scarce = !waiting.isEmpty();
        }
        granted.forEach(Waiter::granted);
    }

    /** Serves the accounts that have nothing, or those that have something; returns whether none is left. */
    private boolean serve(boolean first, List<Waiter> granted) {
        boolean allServed = true;
        for (Account account : List.copyOf(waiting)) {
            if (first && account.taken() > 0) {
                continue;
            }
            boolean took = tryTake(account, account.waiters.getFirst().transferBytes());
            allServed &= took;
            if (took) {
                granted.add(account.waiters.removeFirst());
                waiting.remove(account);
                if (!account.waiters.isEmpty()) {
                    waiting.add(account);
                }
            }
        }
        return allServed;
    }

    /** Returns whether a request waits for memory. */
    boolean isScarce() {
        return scarce;
    }

    /** Returns what is taken. */
    long used() {
        return used.get();
    }
}
