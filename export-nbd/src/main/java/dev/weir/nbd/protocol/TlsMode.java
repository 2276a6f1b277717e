package dev.weir.nbd.protocol;

/** How a connection stands to TLS; it never changes but to {@link #ON}. In the specification's words: its modes. */
public enum TlsMode {
    /** NOTLS: it is not to be had. */
    OFF,
    /** SELECTIVETLS: a client may have it, and needs it for drives that only some may see. */
    OPTIONAL,
    /** FORCEDTLS: nothing is said before it. */
    REQUIRED,
    /** All that is sent is sent over it. */
    ON
}
