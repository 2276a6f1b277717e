package dev.weir.control.route;

import static java.nio.charset.StandardCharsets.UTF_8;

import dev.weir.log.PlainText;
import java.net.URLDecoder;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Finds the operation of a request and answers it (see docs/design/decisions/051-http-api.md). Thread-safe. */
public final class Router {
    private static final Logger LOG = LoggerFactory.getLogger(Router.class);
    private static final int MOST_SHOWN = 120;

    /** The operations of one path. */
    private record Place(List<String> segments, List<Route> routes) {
        boolean matches(String[] path) {
            if (path.length != segments.size()) {
                return false;
            }
            for (int i = 0; i < path.length; i++) {
                if (isParameter(segments.get(i))
                        ? path[i].isEmpty()
                        : !segments.get(i).equals(path[i])) {
                    return false;
                }
            }
            return true;
        }

        Route.@Nullable QuickAction quick() {
            for (Route route : routes) {
                if (route.quick() != null) {
                    return route.quick();
                }
            }
            return null;
        }
    }

    private static boolean isParameter(String segment) {
        return segment.startsWith("{");
    }

    private final List<Place> places = new ArrayList<>();

    /** Creates a router of these operations. A request goes to the first path that matches. */
    public Router(List<Route> routes) {
        Map<String, List<Route>> byTemplate = new LinkedHashMap<>();
        routes.forEach(route -> byTemplate
                .computeIfAbsent(route.template(), template -> new ArrayList<>())
                .add(route));
        byTemplate.values().forEach(same -> places.add(new Place(same.get(0).segments(), List.copyOf(same))));
    }

    /** Returns the answer to a request. A failed request gets a problem. */
    public ApiAnswer answer(ApiRequest request) {
        try {
            return find(request);
        } catch (Problem e) {
            return e.answer();
        } catch (IllegalArgumentException e) {
            // invalid values of drives, limits and faults
            return new Problem(422, message(e)).answer();
        } catch (IllegalStateException e) {
            return new Problem(503, message(e)).answer();
        } catch (RuntimeException e) {
            LOG.error("{} {} failed", request.method(), shown(request.path()), e);
            return new Problem(500, "the request failed; the log has the cause").answer();
        }
    }

    /**
     * Returns the answer to a request without waiting. Never blocks.
     *
     * @return the answer; null if the request fails or may wait: then {@link #answer} has the answer
     */
    public @Nullable ApiAnswer answerAtOnce(ApiRequest request) {
        if (!request.method().equals("GET") || !request.query().isEmpty()) {
            return null;
        }
        String[] path = request.path().split("/", -1);
        for (Place place : places) {
            if (place.matches(path)) {
                Route.QuickAction quick = place.quick();
                try {
                    return quick == null ? null : quick.answer(parameters(place, path));
                } catch (RuntimeException e) {
                    return null;
                }
            }
        }
        return null;
    }

    private static String message(RuntimeException e) {
        return e.getMessage() == null ? e.toString() : e.getMessage();
    }

    private ApiAnswer find(ApiRequest request) {
        String[] path = request.path().split("/", -1);
        for (Place place : places) {
            if (place.matches(path)) {
                return answer(request, path, place);
            }
        }
        throw new Problem(404, "no such path: " + shown(request.path()) + "; /v1/openapi.json lists all");
    }

    /** Checks the scope of the caller's token and the query, and calls the action. */
    private static ApiAnswer answer(ApiRequest request, String[] path, Place place) {
        String method = request.method().equals("HEAD") ? "GET" : request.method();
        for (Route route : place.routes) {
            if (route.method().equals(method)) {
                if (!route.isSafe() && !request.caller().mayChange()) {
                    throw new Problem(403, request.caller().name() + " may not change anything: it is read-only");
                }
                checkQuery(route, request.query());
                return route.action().answer(request, parameters(place, path));
            }
        }
        String allowed = Route.methods(place.routes.stream());
        throw new Problem(
                405,
                shown(request.method()) + " is not a method of " + shown(request.path()) + "; it has " + allowed,
                List.of(),
                Map.of("Allow", allowed));
    }

    private static void checkQuery(Route route, Map<String, String> query) {
        List<String> known = route.query().stream().map(Route.Parameter::name).toList();
        query.keySet().forEach(name -> {
            if (!known.contains(name)) {
                throw new Problem(
                        400,
                        "unknown parameter " + shown(name)
                                + (known.isEmpty() ? "; there are none" : "; there are " + String.join(", ", known)));
            }
        });
    }

    private static Map<String, String> parameters(Place place, String[] path) {
        Map<String, String> values = new LinkedHashMap<>();
        for (int i = 0; i < path.length; i++) {
            String segment = place.segments.get(i);
            if (isParameter(segment)) {
                values.put(segment.substring(1, segment.length() - 1), decoded(path[i]));
            }
        }
        return values;
    }

    private static String decoded(String segment) {
        try {
            return URLDecoder.decode(segment.replace("+", "%2B"), UTF_8);
        } catch (IllegalArgumentException e) {
            throw new Problem(400, "malformed path: " + shown(segment));
        }
    }

    public static String shown(String text) {
        return PlainText.of(text, MOST_SHOWN);
    }
}
