package dev.weir.nbd.protocol;

/** The TLS mode of a connection in the terms of the specification. It changes only to {@link #ON}. */
public enum TlsMode {
    /** NOTLS: TLS is not available. */
    OFF,
    /** SELECTIVETLS: a client may start TLS. It must do so for restricted drives. */
    OPTIONAL,
    /** FORCEDTLS: a client must start TLS first. */
    REQUIRED,
    /** TLS has started. */
    ON
}
