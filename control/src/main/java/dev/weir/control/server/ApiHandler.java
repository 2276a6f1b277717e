package dev.weir.control.server;

import dev.weir.control.access.Caller;
import dev.weir.control.api.Api;
import dev.weir.control.event.EventStreams;
import dev.weir.control.route.ApiAnswer;
import dev.weir.control.route.ApiRequest;
import dev.weir.control.route.Problem;
import dev.weir.control.route.Router;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.Semaphore;
import java.util.concurrent.TimeUnit;
import java.util.function.BooleanSupplier;
import org.eclipse.jetty.http.HttpCookie;
import org.eclipse.jetty.http.HttpHeader;
import org.eclipse.jetty.server.Handler;
import org.eclipse.jetty.server.Request;
import org.eclipse.jetty.server.Response;
import org.eclipse.jetty.util.Callback;
import org.eclipse.jetty.util.Fields;
import org.jspecify.annotations.Nullable;

/**
 * Answers each request. {@link RequestGate} checks its Host, Origin and token before. The selector's thread answers the
 * requests that need no wait. A thread of the pool answers all others, and those that are refused. Thread-safe. See
 * docs/design/decisions/059.
 */
final class ApiHandler extends Handler.Abstract.NonBlocking {
    private static final List<String> SAFE = List.of("GET", "HEAD", "OPTIONS");

    private static final int MOST_ANSWERING = 1 << 20;

    private final RequestGate gate;
    private final SignIn signIn;
    private final Router router;
    private final Map<String, Door> doors;
    private final EventStreams events;
    private final RequestRate users;
    private final RequestRate files;
    private final RequestRate strangers;

    /** A permit for each operation in progress. */
    private final Semaphore answering = new Semaphore(MOST_ANSWERING);

    /**
     * Creates a handler.
     *
     * @param doors the listen addresses by the names of their connectors
     * @param users bounds the requests with a valid token
     * @param files bounds the requests for files of the console
     * @param strangers bounds the requests without a valid token
     */
    ApiHandler(
            RequestGate gate,
            SignIn signIn,
            Router router,
            Map<String, Door> doors,
            EventStreams events,
            RequestRate users,
            RequestRate files,
            RequestRate strangers) {
        this.gate = gate;
        this.signIn = signIn;
        this.router = router;
        this.doors = doors;
        this.events = events;
        this.users = users;
        this.files = files;
        this.strangers = strangers;
    }

    @Override
    public boolean handle(Request request, Response response, Callback callback) {
        ApiAnswer quick = hasBody(request) ? null : atOnce(request);
        if (quick != null) {
            Answers.write(request, response, callback, quick);
        } else {
            getServer().getThreadPool().execute(() -> answer(request, response, callback));
        }
        return true;
    }

    /** Returns the answer to a permitted request that needs no wait; null for any other. */
    private @Nullable ApiAnswer atOnce(Request request) {
        Door door = door(request);
        if (door == null) {
            return null;
        }
        try {
            Credentials given = credentials(request, door);
            gate.checkOrigin(door, given);
            ApiRequest asked = request(request, "", gate.admit(door, given));
            ApiAnswer answer = users.isLeft() ? router.answerAtOnce(asked) : null;
            if (answer != null) {
                users.take();
            }
            return answer;
        } catch (Problem e) {
            return null;
        }
    }

    private @Nullable Door door(Request request) {
        return doors.get(request.getConnectionMetaData().getConnector().getName());
    }

    /** Answers a request on a thread that may block. */
    private void answer(Request request, Response response, Callback callback) {
        try {
            Door door = door(request);
            if (door == null) {
                throw stopping();
            }
            Credentials given = credentials(request, door);
            gate.checkOrigin(door, given);
            if (StaticFiles.has(path(request)) && !files.take()) {
                throw slower();
            }
            if (StaticFiles.answer(request, response, callback, path(request))) {
                return;
            }
            if (path(request).equals(SignIn.PATH)) {
                answerSession(request, response, callback, door, given);
                return;
            }
            Caller caller = admit(door, given);
            if (!users.take()) {
                throw slower();
            }
            if (isStream(request)) {
                stream(request, response, callback, () -> gate.isAdmitted(door, given));
                return;
            }
            checkType(request);
            BodyReader.read(
                    request,
                    body -> answer(request, response, callback, request(request, body, caller)),
                    failure -> fail(request, response, callback, failure));
        } catch (Problem e) {
            Answers.write(request, response, callback, e.answer());
        } catch (RuntimeException | Error e) {
            Response.writeError(request, response, callback, e);
        }
    }

    private void answer(Request request, Response response, Callback callback, ApiRequest asked) {
        if (answering.tryAcquire()) {
            Callback end = Callback.from(callback, () -> answering.release());
            Answers.write(request, response, end, router.answer(asked));
        } else {
            Answers.write(request, response, callback, stopping().answer());
        }
    }

    /** Waits until the operations in progress are answered. Later ones are refused. A longer one is given up. */
    void finish(int seconds) throws InterruptedException {
        answering.tryAcquire(MOST_ANSWERING, seconds, TimeUnit.SECONDS);
    }

    private static Problem stopping() {
        return new Problem(503, "the server is stopping");
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

    private void stream(Request request, Response response, Callback callback, BooleanSupplier isAdmitted) {
        Map<String, String> query = query(request);
        boolean hasSamples = Api.SAMPLES.isSet(query);
        if (query.size() > (query.containsKey(Api.SAMPLES.name()) ? 1 : 0)) {
            throw new Problem(400, "unknown parameter in " + Router.shown(query.keySet() + "; there are samples"));
        }
        response.setStatus(200);
        Answers.secure(response.getHeaders());
        response.getHeaders().put(HttpHeader.CONTENT_TYPE, "text/event-stream");
        response.getHeaders().put(HttpHeader.CACHE_CONTROL, "no-store");
        events.add(
                response, callback, isAdmitted, hasSamples, request.getHeaders().get("Last-Event-ID"));
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
        return new Credentials(
                request.getHeaders().get(HttpHeader.HOST),
                request.getHeaders().get("Origin"),
                request.getHeaders().get("Sec-Fetch-Site"),
                request.getHeaders().get(HttpHeader.AUTHORIZATION),
                request.getHeaders().contains(HttpHeader.COOKIE) ? session(request, door) : null,
                SAFE.contains(request.getMethod()));
    }

    private static @Nullable String session(Request request, Door door) {
        return Request.getCookies(request).stream()
                .filter(cookie -> cookie.getName().equals(door.cookie()))
                .map(HttpCookie::getValue)
                .findFirst()
                .orElse(null);
    }

    /** Refuses a body of another type. A page of another site can send only the types of forms without asking. */
    private static void checkType(Request request) {
        String type = request.getHeaders().get(HttpHeader.CONTENT_TYPE);
        if (hasBody(request) && (type == null || !isJson(type))) {
            throw new Problem(415, "Content-Type = " + type + ": must be application/json");
        }
    }

    private static boolean hasBody(Request request) {
        return request.getLength() > 0 || request.getHeaders().contains(HttpHeader.TRANSFER_ENCODING);
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
                request.getHeaders().get(HttpHeader.IF_NONE_MATCH),
                body,
                caller);
    }

    private static String path(Request request) {
        @Nullable String path = request.getHttpURI().getPath();
        return path == null ? "/" : path;
    }

    private static Map<String, String> query(Request request) {
        if (request.getHttpURI().getQuery() == null) {
            return Map.of();
        }
        Map<String, String> query = new LinkedHashMap<>();
        for (Fields.Field field : Request.extractQueryParameters(request)) {
            if (field.getValues().size() > 1) {
                throw new Problem(400, "the parameter " + Router.shown(field.getName()) + " is given more than once");
            }
            query.put(field.getName(), field.getValue());
        }
        return query;
    }
}
