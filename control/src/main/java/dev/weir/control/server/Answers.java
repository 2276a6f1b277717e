package dev.weir.control.server;

import static java.nio.charset.StandardCharsets.UTF_8;

import dev.weir.control.route.ApiAnswer;
import java.nio.ByteBuffer;
import java.util.List;
import org.eclipse.jetty.http.HttpField;
import org.eclipse.jetty.http.HttpFields;
import org.eclipse.jetty.http.HttpHeader;
import org.eclipse.jetty.http.PreEncodedHttpField;
import org.eclipse.jetty.server.Request;
import org.eclipse.jetty.server.Response;
import org.eclipse.jetty.util.Callback;

/** Writes answers. */
final class Answers {
    /** Headers for security. Browsers then guess no content type, embed no page and send no referrer. */
    private static final List<HttpField> SECURITY = List.of(
            new PreEncodedHttpField("X-Content-Type-Options", "nosniff"),
            new PreEncodedHttpField("X-Frame-Options", "DENY"),
            new PreEncodedHttpField("Referrer-Policy", "no-referrer"),
            new PreEncodedHttpField("Cross-Origin-Resource-Policy", "same-origin"));

    private static final HttpField NOT_STORED = new PreEncodedHttpField(HttpHeader.CACHE_CONTROL, "no-store");
    private static final HttpField JSON = new PreEncodedHttpField(HttpHeader.CONTENT_TYPE, ApiAnswer.JSON);

    private Answers() {}

    /** Writes an answer and completes the callback. A request with {@code HEAD} gets no body. */
    static void write(Request request, Response response, Callback callback, ApiAnswer answer) {
        response.setStatus(answer.status());
        HttpFields.Mutable headers = response.getHeaders();
        secure(headers);
        headers.put(NOT_STORED);
        answer.headers().forEach(headers::put);
        if (answer.status() == 401) {
            headers.put(HttpHeader.WWW_AUTHENTICATE, "Bearer realm=\"weir\"");
        }
        if (answer.contentType().equals(ApiAnswer.JSON)) {
            headers.put(JSON);
        } else if (!answer.contentType().isEmpty()) {
            headers.put(HttpHeader.CONTENT_TYPE, answer.contentType());
        }
        byte[] body = answer.body().getBytes(UTF_8);
        if (answer.status() != 204) {
            headers.put(HttpHeader.CONTENT_LENGTH, body.length);
        }
        boolean isHead = request.getMethod().equals("HEAD");
        response.write(true, isHead ? ByteBuffer.allocate(0) : ByteBuffer.wrap(body), callback);
    }

    static void secure(HttpFields.Mutable headers) {
        SECURITY.forEach(headers::put);
    }
}
