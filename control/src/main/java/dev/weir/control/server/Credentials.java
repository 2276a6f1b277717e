package dev.weir.control.server;

import org.jspecify.annotations.Nullable;

/**
 * The headers that identify the sender of a request and the page that it comes from.
 *
 * @param host the header {@code Host}
 * @param origin the header {@code Origin}; null if the client is no browser
 * @param site the header {@code Sec-Fetch-Site}; null if the client is no browser
 * @param authorization the header {@code Authorization}
 * @param session the cookie of the console; null without one
 * @param isSafe whether the method changes nothing
 */
record Credentials(
        @Nullable String host,
        @Nullable String origin,
        @Nullable String site,
        @Nullable String authorization,
        @Nullable String session,
        boolean isSafe) {}
