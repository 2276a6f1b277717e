package dev.weir.nbd.quota;

/**
 * The memory and the connections that the clients of one drive hold.
 *
 * <p>Thread-safe.
 */
public final class DriveAccount {
    /** Memory of requests that a limit may hold. */
    public final Shares.Account queued;

    /** Connections. */
    final Shares.Account connections;

    /** Connections with TLS. */
    final Shares.Account secured;

    /** Memory of data on its way. */
    public final TransferPool.Account transfers = new TransferPool.Account();

    DriveAccount(Shares.Account queued, Shares.Account connections, Shares.Account secured) {
        this.queued = queued;
        this.connections = connections;
        this.secured = secured;
    }

    /** Returns whether its clients hold nothing. */
    public boolean isUnused() {
        return queued.taken() == 0 && connections.taken() == 0 && transfers.taken() == 0;
    }
}
