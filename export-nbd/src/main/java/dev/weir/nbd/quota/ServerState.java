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

    /** Established TLS connections. They take heap beside the budget. */
    private final Shares secured = new Shares(1);

    private final int mostSecured;

    /** Accounts by drive name. Guarded by this object like {@link #drives}. */
    private final Map<String, DriveAccount> accounts = new HashMap<>();

    private int drives;
    private volatile ClientQuotas limits = ClientQuotas.DEFAULT;

    /** Creates the state with the default quotas. */
    public ServerState() {
        this(Handshakes.mostEstablished(Runtime.getRuntime().maxMemory()));
    }

    /** Creates the state with the default quotas and a bound of the TLS connections. */
    public ServerState(int mostSecured) {
        this.mostSecured = mostSecured;
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
        secured.divide(
                mostSecured,
                sharers,
                all.stream().map(account -> account.secured).toList());
    }

    /**
     * Counts a connection that has chosen a drive. {@link #unuse} undoes it.
     *
     * @param isSecure whether the connection uses TLS
     * @return the account of the drive. Null if the drive has too many connections, or too many with TLS.
     */
    public synchronized @Nullable DriveAccount use(String drive, boolean isSecure) {
        DriveAccount account = accounts.get(drive);
        if (account == null) {
            account = budget.newAccount(seats.shares(), secured);
            accounts.put(drive, account);
            if (accounts.size() > drives) {
                divide();
            }
        }
        if (!account.connections.take(1)) {
            return null;
        }
        if (isSecure && !account.secured.take(1)) {
            account.connections.give(1);
            return null;
        }
        return account;
    }

    /** Undoes {@link #use}. */
    public void unuse(DriveAccount account, boolean isSecure) {
        account.connections.give(1);
        if (isSecure) {
            account.secured.give(1);
        }
    }

    /** Returns why {@link #use} refuses a connection, in words for the log. */
    public String refusal(String drive, boolean isSecure) {
        return "drive " + drive + " has used up its share of the " + limits.maxConnections()
                + " connections (nbd.max-connections)"
                + (isSecure ? ", or of the " + mostSecured + " with TLS that a quarter of the heap has room for" : "");
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
