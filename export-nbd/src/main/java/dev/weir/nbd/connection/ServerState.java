package dev.weir.nbd.connection;

import dev.weir.drive.export.ExportBounds;
import dev.weir.memory.MemoryShares;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * The state that all connections of a server share: quotas, their usage and the log of clients that are cut off.
 *
 * <p>Thread-safe.
 */
public final class ServerState {
    public final Budget budget = new Budget();
    public final Seats seats = new Seats();
    public final CutOffLog complaints = new CutOffLog();

    /** Accounts by drive name. Guarded by this object like {@link #drives}. */
    private final Map<String, DriveAccount> accounts = new HashMap<>();

    private int drives;
    private volatile ClientQuotas limits = ClientQuotas.DEFAULT;

    public ServerState() {
        limits(ClientQuotas.DEFAULT.within(MemoryShares.ofThisJvm()));
    }

    public ClientQuotas limits() {
        return limits;
    }

    /** Changes the quotas. New totals apply at once. The quotas per connection apply to new connections. */
    public synchronized void limits(ClientQuotas newLimits) {
        limits = newLimits;
        divide();
    }

    /** Sets the number of drives that get a share. */
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
     * Counts a connection that has chosen a drive. {@link #unuse} undoes it.
     *
     * @return the account of the drive. Null if the drive has too many connections.
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

    /** Returns the quotas and their usage. */
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

    /** Returns the number of connections. */
    public int connections() {
        return seats.taken();
    }
}
