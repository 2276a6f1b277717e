package dev.weir.nbd.connection;

/** Treatment of held requests when the server stops. See {@code docs/design/decisions/021-stop.md}. */
public enum StopMode {
    /**
     * The connection ends without an answer. A client that reconnects sends the requests again. Known clients treat
     * {@code NBD_ESHUTDOWN} as an I/O error.
     */
    UNANSWERED,
    /** Held requests are answered with {@code NBD_ESHUTDOWN} before the connection ends. */
    ESHUTDOWN
}
