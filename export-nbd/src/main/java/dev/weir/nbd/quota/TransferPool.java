package dev.weir.nbd.quota;

import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Set;
import java.util.concurrent.atomic.AtomicLong;
import java.util.function.Predicate;
import org.jspecify.annotations.Nullable;

/**
 * The memory of released requests until their replies are written. It returns at the speed of storage and clients. So a
 * request may wait for it. A drive may take as much as it leaves free for others and at most a third of the total. Its
 * first request may take all free memory, and a small one also the reserve. Waiting drives have turns. Drives without
 * memory come first. A long request is overtaken by at most 16 others that are not small.
 *
 * <p>Thread-safe.
 */
public final class TransferPool {

    /** A request that waits for memory. */
    public interface Waiter {

        /** Returns the memory that the request needs (bytes). */
        long transferBytes();

        /** Called once on any thread when the request has its memory. */
        void granted();
    }

    /** The account of one drive. */
    public static final class Account {
        private final AtomicLong taken = new AtomicLong();

        /** Waiting requests. Guarded by the pool. */
        private final Deque<Waiter> waiters = new ArrayDeque<>(0);

        /** Its line; null if it has no waiting request. Guarded by the pool. */
        private @Nullable Set<Account> line;

        /** Number of requests of other drives that went before its first one. Guarded by the pool. */
        private int overtaken;

        long taken() {
            return taken.get();
        }
    }

    /** Divisor of the total for one drive with several requests. */
    private static final int MAX_PART = 3;

    /** Most requests that overtake a longer one of a drive without memory. Then they leave room for it. */
    private static final int MAX_OVERTAKEN = 16;

    /** Divisor of the total for requests that always overtake. */
    private static final int SMALL_PART = 64;

    /** Most accounts of a line that are tried in a turn. So a turn does not grow with the number of waiting drives. */
    private static final int MAX_TRIED = 32;

    private final AtomicLong used = new AtomicLong();
    private volatile long total;
    private volatile long reserve;

    /** Accounts with waiting requests and without memory in turn. Guarded by this object. */
    private final Set<Account> withoutMemory = new LinkedHashSet<>();

    /** Accounts with waiting requests and with memory in turn. Guarded by this object. */
    private final Set<Account> withMemory = new LinkedHashSet<>();

    private volatile boolean scarce;

    /**
     * Changes the total. Requests keep their memory.
     *
     * @param newTotal the memory of all requests (bytes)
     * @param newReserve further memory for small first requests of drives (bytes)
     */
    void total(long newTotal, long newReserve) {
        total = newTotal;
        reserve = newReserve;
        serve();
    }

    /** Returns the total without the reserve (bytes). No request can have more. */
    public long total() {
        return total;
    }

    /** Takes memory. Returns false if too little is free or if a request waits. */
    public boolean take(Account account, long bytes) {
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
        if (own == 0) {
            return bytes <= left + (isSmall(bytes) ? reserve : 0);
        }
        return own + 2 * bytes <= left && own + bytes <= total / MAX_PART;
    }

    /** Takes memory as soon as enough is free, possibly within this call. */
    public void await(Account account, Waiter waiter) {
        synchronized (this) {
            scarce = true; // first, so that an account whose memory returns now is moved by give()
            account.waiters.add(waiter);
            if (account.line == null) {
                joinLine(account);
            }
        }
        serve();
    }

    private void joinLine(Account account) {
        leaveLine(account);
        account.line = account.taken() == 0 ? withoutMemory : withMemory;
        account.line.add(account);
    }

    private static void leaveLine(Account account) {
        if (account.line != null) {
            account.line.remove(account);
            account.line = null;
        }
    }

    /** Returns memory. */
    public void give(Account account, long bytes) {
        account.taken.addAndGet(-bytes);
        used.addAndGet(-bytes);
        if (scarce) {
            synchronized (this) {
                if (account.line == withMemory && account.taken() == 0) {
                    joinLine(account);
                }
            }
            serve();
        }
    }

    /** Removes the waiting requests of a client. They are no longer granted. */
    public List<Waiter> withdraw(Account account, Predicate<Waiter> whose) {
        List<Waiter> withdrawn;
        synchronized (this) {
            withdrawn = account.waiters.stream().filter(whose).toList();
            account.waiters.removeAll(withdrawn);
            if (account.waiters.isEmpty()) {
                leaveLine(account);
                account.overtaken = 0;
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
                if (serve(withoutMemory, granted)) {
                    serve(withMemory, granted);
                }
            } while (granted.size() > before);
            scarce = !withoutMemory.isEmpty() || !withMemory.isEmpty();
        }
        granted.forEach(Waiter::granted);
    }

    /** Grants memory to the first accounts of a line. Returns whether its accounts have all that they wait for. */
    private boolean serve(Set<Account> line, List<Waiter> granted) {
        List<Account> tried = line.stream().limit(MAX_TRIED).toList();
        boolean allServed = tried.size() == line.size();
        Account oldest = null;
        for (Account account : tried) {
            long bytes = account.waiters.getFirst().transferBytes();
            long kept = keptFrom(bytes, oldest);
            boolean took = (kept == 0 || bytes <= total - used.get() - kept) && tryTake(account, bytes);
            allServed &= took;
            if (took) {
                grant(account, granted);
                if (oldest != null) {
                    oldest.overtaken++;
                }
            } else if (line == withoutMemory && oldest == null) {
                oldest = account;
            }
        }
        return allServed;
    }

    private void grant(Account account, List<Waiter> granted) {
        granted.add(account.waiters.removeFirst());
        account.overtaken = 0;
        leaveLine(account);
        if (!account.waiters.isEmpty()) {
            joinLine(account);
        }
    }

    private boolean isSmall(long bytes) {
        return bytes <= total / SMALL_PART;
    }

    /** Returns the memory that a request must leave for the oldest one (bytes), if that was overtaken too often. */
    private long keptFrom(long bytes, @Nullable Account oldest) {
        if (oldest == null || oldest.overtaken < MAX_OVERTAKEN || isSmall(bytes)) {
            return 0;
        }
        long kept = oldest.waiters.getFirst().transferBytes();
        return kept <= total ? kept : 0;
    }

    /** Returns whether a request waits for memory. */
    boolean isScarce() {
        return scarce;
    }

    /** Returns the memory in use (bytes). */
    long used() {
        return used.get();
    }
}
