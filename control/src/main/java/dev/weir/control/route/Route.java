package dev.weir.control.route;

import java.util.List;
import java.util.Map;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/**
 * An operation of the API: a method of a path.
 *
 * @param method the method
 * @param template the path, with {@code {name}} for parameters
 * @param id the unique name of the operation in OpenAPI
 * @param summary the operation in one line
 * @param query the parameters of the query
 * @param body the body of a request; null without one
 * @param answer the type of the answer
 * @param action answers a request
 * @param quick answers a request without waiting; null if the operation may wait
 */
public record Route(
        String method,
        String template,
        String id,
        String summary,
        List<Parameter> query,
        @Nullable Body body,
        Answer answer,
        Action action,
        @Nullable QuickAction quick) {

    private static final Pattern PARAMETER = Pattern.compile("\\{([a-z]+)}");

    /** Answers a request with the parameters of its path by name. */
    @FunctionalInterface
    public interface Action {
        ApiAnswer answer(ApiRequest request, Map<String, String> path);
    }

    /** Answers a request with the parameters of its path by name. Never blocks. */
    @FunctionalInterface
    public interface QuickAction {
        /** Returns the answer; null if it needs a wait, which {@link Action} may take. */
        @Nullable
        ApiAnswer answer(Map<String, String> path);
    }

    /**
     * A parameter of the query.
     *
     * @param name its name
     * @param summary its meaning
     */
    public record Parameter(String name, String summary) {
        /** A flag: {@code true} or {@code false}, which is the default. */
        public static Parameter flag(String name, String summary) {
            return new Parameter(name, summary);
        }

        /**
         * Returns whether a request sets this flag.
         *
         * @throws Problem if its value is no flag
         */
        public boolean isSet(ApiRequest request) {
            return isSet(request.query());
        }

        /**
         * Returns whether a query sets this flag.
         *
         * @throws Problem if its value is no flag
         */
        public boolean isSet(Map<String, String> query) {
            String value = query.getOrDefault(name, "false");
            if (!List.of("true", "false").contains(value)) {
                throw new Problem(400, "%s = %s: must be true or false".formatted(name, Router.shown(value)));
            }
            return value.equals("true");
        }
    }

    /**
     * The body of a request.
     *
     * @param fields its fields with their meaning; others are refused unless it is open
     * @param isOpen whether it may have other fields
     * @param example a valid body
     */
    public record Body(Map<String, String> fields, boolean isOpen, String example) {}

    /**
     * The type of an answer.
     *
     * @param status the status code
     * @param view the record of its fields; null without a body or if {@code summary} describes it
     * @param isList whether it is an array of them
     * @param summary its meaning
     */
    public record Answer(int status, @Nullable Class<? extends Record> view, boolean isList, String summary) {
        public static Answer one(Class<? extends Record> view, String summary) {
            return new Answer(200, view, false, summary);
        }

        public static Answer list(Class<? extends Record> view, String summary) {
            return new Answer(200, view, true, summary);
        }

        public static Answer none(String summary) {
            return new Answer(204, null, false, summary);
        }
    }

    public Route(String method, String template, String id, String summary, Answer answer, Action action) {
        this(method, template, id, summary, List.of(), null, answer, action, null);
    }

    public Route with(Parameter... parameters) {
        return new Route(method, template, id, summary, List.of(parameters), body, answer, action, quick);
    }

    public Route with(Body newBody) {
        return new Route(method, template, id, summary, query, newBody, answer, action, quick);
    }

    public Route with(QuickAction newQuick) {
        return new Route(method, template, id, summary, query, body, answer, action, newQuick);
    }

    /** Returns whether the operation changes nothing. */
    boolean isSafe() {
        return method.equals("GET");
    }

    /** Returns the names of the parameters of the path. */
    List<String> parameters() {
        return PARAMETER
                .matcher(template)
                .results()
                .map(found -> found.group(1))
                .toList();
    }

    /** Returns the segments of the template: {@code ["", "v1", "drives", "{name}"]}. */
    List<String> segments() {
        return List.of(template.split("/", -1));
    }

    /** Returns the methods of several routes of one path. */
    static String methods(Stream<Route> routes) {
        return routes.flatMap(route -> route.isSafe() ? Stream.of("GET", "HEAD") : Stream.of(route.method))
                .distinct()
                .collect(Collectors.joining(", "));
    }
}
