package dev.weir.control.server;

import dev.weir.control.access.Caller;
import dev.weir.control.event.EventStreams;
import dev.weir.control.route.ApiAnswer;
import dev.weir.control.route.ApiRequest;
import dev.weir.control.route.Problem;
import dev.weir.control.route.Router;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.eclipse.jetty.http.HttpCookie;
import org.eclipse.jetty.http.HttpHeader;
import org.eclipse.jetty.server.Handler;
import org.eclipse.jetty.server.Request;
import org.eclipse.jetty.server.Response;
import org.eclipse.jetty.util.Callback;
import org.eclipse.jetty.util.Fields;
import org.jspecify.annotations.Nullable;

/** Checks each request and answers it. Thread-safe. */
final class ApiHandler extends Handler.Abstract {
    private static final List<String> SAFE = List.of("GET", "HEAD", "OPTIONS");

    private final Gate gate;
    private final SignIn signIn;
    private final Router router;
    private final Map<String, Door> doors;
    private final EventStreams events;
    private final RequestRate rate;
    private final RequestRate strangers;

    /**
     * Creates a handler.
     *
     * @param doors the listen addresses by the names of their connectors
     * @param rate bounds all requests
     * @param strangers bounds the requests without a valid token
     */
    ApiHandler(
            Gate gate,
            SignIn signIn,
            Router router,
            Map<String, Door> doors,
            EventStreams events,
            RequestRate rate,
            RequestRate strangers) {
        this.gate = gate;
        this.signIn = signIn;
        this.router = router;
        this.doors = doors;
        this.events = events;
        this.rate = rate;
        this.strangers = strangers;
    }

    @Override
    public boolean handle(Request request, Response response, Callback callback) {
        try {
            Door door = doors.get(request.getConnectionMetaData().getConnector().getName());
            if (door == null) {
                throw new Problem(503, "the server is stopping");
            }
            if (!rate.take()) {
                throw slower();
            }
            Credentials given = credentials(request, door);
            gate.checkOrigin(door, given);
            if (StaticFiles.answer(request, response, callback, path(request))) {
                return true;
            }
            if (path(request).equals(SignIn.PATH)) {
                answerSession(request, response, callback, door, given);
                return true;
            }
            Caller caller = admit(door, given);
            if (isStream(request)) {
                stream(request, response, callback);
                return true;
            }
            checkType(request);
            BodyReader.read(
                    request,
                    body -> Answers.write(request, response, callback, router.answer(request(request, body, caller))),
                    failure -> fail(request, response, callback, failure));
        } catch (Problem e) {
            Answers.write(request, response, callback, e.answer());
        }
        return true;
    }

    private void answerSession(Request request, Response response, Callback callback, Door door, Credentials given) {
        if (!strangers.take()) {
            throw slower();
        }
        checkType(request);
        BodyReader.read(
                request,
                body -> Answers.write(
                        request, response, callback, signIn.answer(request.getMethod(), door, given, body)),
                failure -> fail(request, response, callback, failure));
    }

    private static boolean isStream(Request request) {
        String accepted = request.getHeaders().get(HttpHeader.ACCEPT);
        return request.getMethod().equals("GET")
                && path(request).equals("/v1/events")
                && (accepted == null || !accepted.contains(ApiAnswer.JSON));
    }

    private void stream(Request request, Response response, Callback callback) {
        response.setStatus(200);
        Answers.secure(response.getHeaders());
        response.getHeaders().put(HttpHeader.CONTENT_TYPE, "text/event-stream");
        response.getHeaders().put(HttpHeader.CACHE_CONTROL, "no-store");
        boolean hasSamples = "true".equals(query(request).get("samples"));
        events.add(response, callback, hasSamples, request.getHeaders().get("Last-Event-ID"));
    }

    private Caller admit(Door door, Credentials given) {
        if (!door.isLocal() && !strangers.isLeft() && given.authorization() == null && given.session() == null) {
            throw slower();
        }
        try {
            return gate.admit(door, given);
        } catch (Problem e) {
            if (e.status() == 401 && !strangers.take()) {
                throw slower();
            }
            throw e;
        }
    }

    private static Problem slower() {
        return new Problem(429, "too many requests; wait a second");
    }

    private static void fail(Request request, Response response, Callback callback, Throwable failure) {
        if (failure instanceof Problem problem) {
            // the rest of the body is not read
            response.getHeaders().put(HttpHeader.CONNECTION, "close");
            Answers.write(request, response, callback, problem.answer());
        } else {
            callback.failed(failure);
        }
    }

    private static Credentials credentials(Request request, Door door) {
        String name = SignIn.cookie(door);
        return new Credentials(
                request.getHeaders().get(HttpHeader.HOST),
                request.getHeaders().get("Origin"),
                request.getHeaders().get("Sec-Fetch-Site"),
                request.getHeaders().get(HttpHeader.AUTHORIZATION),
                Request.getCookies(request).stream()
                        .filter(cookie -> cookie.getName().equals(name))
                        .map(HttpCookie::getValue)
                        .findFirst()
                        .orElse(null),
                SAFE.contains(request.getMethod()));
    }

    /** Refuses a body of another type. A page of another site can send only the types of forms without asking. */
    private static void checkType(Request request) {
        String type = request.getHeaders().get(HttpHeader.CONTENT_TYPE);
        boolean hasBody = request.getLength() > 0 || request.getHeaders().contains(HttpHeader.TRANSFER_ENCODING);
        if (hasBody && (type == null || !isJson(type))) {
            throw new Problem(415, "Content-Type = " + type + ": must be application/json");
        }
    }

    private static boolean isJson(String type) {
        String plain = type.replaceFirst(";.*", "").strip();
        return plain.equalsIgnoreCase(ApiAnswer.JSON) || plain.equalsIgnoreCase("application/merge-patch+json");
    }

    private static ApiRequest request(Request request, String body, Caller caller) {
        return new ApiRequest(
                request.getMethod(),
                path(request),
                query(request),
                request.getHeaders().get(HttpHeader.IF_MATCH),
                body,
                caller);
    }

    private static String path(Request request) {
        @Nullable String path = request.getHttpURI().getPath();
        return path == null ? "/" : path;
    }

    private static Map<String, String> query(Request request) {
        Map<String, String> query = new LinkedHashMap<>();
        for (Fields.Field field : Request.extractQueryParameters(request)) {
            query.put(field.getName(), field.getValue());
        }
        return query;
    }
}
