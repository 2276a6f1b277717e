package dev.weir.control.route;

import com.google.gson.JsonArray;
import com.google.gson.JsonObject;
import dev.weir.log.PlainText;
import java.io.Serial;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** A failed request. It is answered with a problem of RFC 9457. */
public final class Problem extends RuntimeException {
    @Serial
    private static final long serialVersionUID = 1L;

    private static final String TYPE = "application/problem+json";

    private static final Map<Integer, String> TITLES = Map.ofEntries(
            Map.entry(400, "Malformed request"),
            Map.entry(401, "Unknown user"),
            Map.entry(403, "Not permitted"),
            Map.entry(404, "Not found"),
            Map.entry(405, "Method not allowed"),
            Map.entry(408, "Request timeout"),
            Map.entry(409, "Conflict"),
            Map.entry(412, "Changed meanwhile"),
            Map.entry(413, "Body too large"),
            Map.entry(414, "Address too long"),
            Map.entry(415, "Unsupported media type"),
            Map.entry(421, "Wrong host"),
            Map.entry(422, "Invalid value"),
            Map.entry(429, "Too many requests"),
            Map.entry(431, "Headers too large"),
            Map.entry(500, "Internal error"),
            Map.entry(503, "Not available"));

    /**
     * One broken rule.
     *
     * @param file the file of the setting; null if it has none
     * @param line the line in that file; 0 without one
     * @param key the setting
     * @param value its value
     * @param rule the rule
     */
    public record BrokenRule(@Nullable String file, int line, String key, String value, String rule) {}

    private final int status;
    private final transient List<BrokenRule> faults;
    private final transient List<String> lines;
    private final transient Map<String, String> headers;

    /** Creates a problem. The detail names the thing, the value and the rule. */
    public Problem(int status, String detail) {
        this(status, detail, List.of(), Map.of());
    }

    public Problem(int status, String detail, List<BrokenRule> faults, Map<String, String> headers) {
        this(status, detail, faults, List.of(), headers);
    }

    private Problem(
            int status, String detail, List<BrokenRule> faults, List<String> lines, Map<String, String> headers) {
        super(detail);
        this.status = status;
        this.faults = faults;
        this.lines = lines;
        this.headers = headers;
    }

    /** Returns a problem with a line for each error, as the shell lists them. */
    public static Problem ofLines(int status, String detail, List<String> lines) {
        return new Problem(status, detail, List.of(), lines, Map.of());
    }

    /** Returns the status code. */
    public int status() {
        return status;
    }

    /** Returns the problem as an answer. */
    public ApiAnswer answer() {
        JsonObject problem = new JsonObject();
        problem.addProperty("type", "about:blank");
        problem.addProperty("title", TITLES.getOrDefault(status, "Problem"));
        problem.addProperty("status", status);
        problem.addProperty("detail", PlainText.of(String.valueOf(getMessage())));
        if (!faults.isEmpty()) {
            JsonArray all = new JsonArray();
            faults.forEach(fault -> all.add(json(fault)));
            problem.add("faults", all);
        }
        if (!lines.isEmpty()) {
            JsonArray all = new JsonArray();
            lines.forEach(all::add);
            problem.add("lines", all);
        }
        return new ApiAnswer(status, TYPE, problem.toString(), headers);
    }

    private static JsonObject json(BrokenRule fault) {
        JsonObject json = new JsonObject();
        json.addProperty("file", fault.file());
        json.addProperty("line", fault.line());
        json.addProperty("key", fault.key());
        json.addProperty("value", fault.value());
        json.addProperty("rule", fault.rule());
        return json;
    }
}
