package dev.weir.nbd.connection;

/** What becomes of requests that are held in a queue when the server stops. */
public enum StopMode {
    /**
     * They are not answered: the connection ends, and a client that was told to reconnect sends them again. To
     * every client that is known an {@code NBD_ESHUTDOWN} is an I/O error like any other.
     */
    UNANSWERED,
    /** They are answered with {@code NBD_ESHUTDOWN}, and then the connection ends. */
    ESHUTDOWN
}
