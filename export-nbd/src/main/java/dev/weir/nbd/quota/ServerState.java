package dev.weir.nbd.quota;

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
    /** Memory of requests. */
    public final Budget budget = new Budget();

    /** Connections. */
    public final Seats seats = new Seats();

    /** TLS handshakes. */
    public final Handshakes handshakes = new Handshakes(Runtime.getRuntime().maxMemory());

    /** Log of clients that are cut off. */
    public final CutOffLog cutOffs = new CutOffLog();

    /** Accounts by drive name. Guarded by this object like {@link #drives}. */
    private final Map<String, DriveAccount> accounts = new HashMap<>();

    private int drives;
    private volatile ClientQuotas limits = ClientQuotas.DEFAULT;

    /** Creates the state with the default quotas. */
    public ServerState() {
        limits(ClientQuotas.DEFAULT.within(MemoryShares.ofThisJvm()));
    }

    /** Returns the quotas. */
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
    public synchronized @Nullable DriveAccount use(String drive) {
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

    /** Undoes {@link #use}. */
    public void unuse(DriveAccount account) {
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
