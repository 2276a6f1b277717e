package dev.weir.nbd.connection;

/**
 * The memory and the connections that the clients of one drive hold.
 *
 * <p>Thread-safe.
 */
final class DriveAccount {
    final Shares.Account queued;
    final Shares.Account connections;
    final TransferPool.Account transfers = new TransferPool.Account();

    DriveAccount(Shares.Account queued, Shares.Account connections) {
        this.queued = queued;
        this.connections = connections;
    }

    boolean isUnused() {
        return queued.taken() == 0 && connections.taken() == 0 && transfers.taken() == 0;
    }
}
