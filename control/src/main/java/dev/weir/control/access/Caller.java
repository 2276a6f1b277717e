package dev.weir.control.access;

/**
 * The user of a request.
 *
 * @param name the name for the log
 * @param mayChange whether the user may change drives and groups
 */
public record Caller(String name, boolean mayChange) {
    /** The user of the Unix socket. The permissions of the socket decide who may connect. */
    public static final Caller SOCKET = new Caller("a client of the Unix socket", true);
}
