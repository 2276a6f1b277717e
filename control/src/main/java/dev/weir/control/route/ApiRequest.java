package dev.weir.control.route;

import dev.weir.control.access.Caller;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * A request of the API.
 *
 * @param method the method in capitals
 * @param path the percent-encoded path without the query
 * @param query the decoded parameters of the query by name
 * @param ifMatch the header {@code If-Match}; null without one
 * @param ifNoneMatch the header {@code If-None-Match}; null without one
 * @param body the body; empty without one
 * @param caller the user
 */
public record ApiRequest(
        String method,
        String path,
        Map<String, String> query,
        @Nullable String ifMatch,
        @Nullable String ifNoneMatch,
        String body,
        Caller caller) {}
