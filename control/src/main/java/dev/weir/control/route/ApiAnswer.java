package dev.weir.control.route;

import java.util.Map;

/**
 * An answer of the API.
 *
 * @param status the status code
 * @param contentType the type of the body; empty without a body
 * @param body the body
 * @param headers other headers by name
 */
public record ApiAnswer(int status, String contentType, String body, Map<String, String> headers) {
    /** The type of all bodies except problems. */
    public static final String JSON = "application/json";

    public static ApiAnswer json(int status, String body) {
        return new ApiAnswer(status, JSON, body, Map.of());
    }

    public static ApiAnswer none() {
        return new ApiAnswer(204, "", "", Map.of());
    }

    /** Returns this answer with the version of a resource. */
    public ApiAnswer withEtag(String etag) {
        return new ApiAnswer(status, contentType, body, Map.of("ETag", "\"" + etag + "\""));
    }
}
