package dev.weir.access;

/**
 * A bearer token of the HTTP API, without its secret.
 *
 * <p>Immutable.
 *
 * @param name the name of its user
 * @param readOnly whether it permits no change
 * @param createdMillis the time of its creation (ms since 1970, UTC)
 */
public record AccessToken(String name, boolean readOnly, long createdMillis) {}
