package dev.weir.nbd.connection;

import dev.weir.drive.export.ExportBounds;
import dev.weir.memory.MemoryShares;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * What all connections of a server share: their limits, what they have taken, and where it is told when one of
 * them is cut off.
 *
 * <p>Thread-safe.
 */
public final class ServerState {
    public final Budget budget = new Budget();
    public final Seats seats = new Seats();
    public final CutOffLog complaints = new CutOffLog();

    /** By the name of the drive. Guarded by this object, as is {@link #drives}. */
    private final Map<String, DriveAccount> accounts = new HashMap<>();

    private int drives;
    private volatile ClientQuotas limits = ClientQuotas.DEFAULT;

    public ServerState() {
        limits(ClientQuotas.DEFAULT.within(MemoryShares.ofThisJvm()));
    }

    public ClientQuotas limits() {
        return limits;
    }

    /** Changes the limits for connections that come from now on, and what all may take together at once. */
    public synchronized void limits(ClientQuotas newLimits) {
        limits = newLimits;
        divide();
    }

    /** Says how many drives there are: each has its share. */
    public synchronized void drives(int count) {
        drives = count;
        divide();
    }

    private void divide() {
        accounts.values().removeIf(DriveAccount::isUnused);
        int sharers = Math.max(drives, accounts.size());
        List<DriveAccount> all = List.copyOf(accounts.values());
        budget.divide(limits.maxTotalBytes(), limits.maxConnections(), sharers, all);
        seats.divide(limits.maxConnections(), sharers, all);
    }

    /**
     * Counts a connection in that has chosen a drive, unless that drive has too many; {@link #unuse} counts it out.
     *
     * @return the account of the drive, or null
     */
    synchronized @Nullable DriveAccount use(String drive) {
        DriveAccount account = accounts.get(drive);
        if (account == null) {
            account = budget.newAccount(seats.shares());
            accounts.put(drive, account);
            if (accounts.size() > drives) {
                divide();
            }
        }
        return account.connections.take(1) ? account : null;
    }

    void unuse(DriveAccount account) {
        account.connections.give(1);
    }

    /** Returns the limits beside what is taken. */
    public ExportBounds bounds() {
        ClientQuotas now = limits;
        return new ExportBounds(
                seats.taken(),
                now.maxConnections(),
                now.maxRequests(),
                now.maxRequestBytes(),
                budget.used(),
                now.maxTotalBytes(),
                Budget.MIN_COST);
    }

    /** Returns how many connections there are. */
    public int connections() {
        return seats.taken();
    }
}
