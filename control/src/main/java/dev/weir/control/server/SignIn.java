package dev.weir.control.server;

import com.google.gson.JsonObject;
import com.google.gson.JsonParseException;
import com.google.gson.JsonParser;
import dev.weir.control.access.Sessions;
import dev.weir.control.route.ApiAnswer;
import dev.weir.control.route.Problem;
import java.util.Map;

/** Opens a session of the console for a one-time code, and ends it. Thread-safe. */
final class SignIn {
    /** The path of the session. */
    static final String PATH = "/v1/session";

    private static final String ATTRIBUTES = "; Path=/; HttpOnly; SameSite=Strict";

    private final Sessions sessions;

    SignIn(Sessions sessions) {
        this.sessions = sessions;
    }

    /** Answers {@code POST} with a code and {@code DELETE}. */
    ApiAnswer answer(String method, Door door, Credentials given, String body) {
        try {
            return switch (method) {
                case "POST" -> open(door, body);
                case "DELETE" -> close(door, given);
                default -> throw new Problem(405, method + " is not a method of " + PATH + "; it has POST, DELETE");
            };
        } catch (Problem e) {
            return e.answer();
        }
    }

    private ApiAnswer open(Door door, String body) {
        String session = sessions.open(code(body));
        if (session == null) {
            throw new Problem(401, "the link was used or is too old: \"weir console\" makes a new one");
        }
        return cookie(door, session, Sessions.SESSION_MILLIS / 1000);
    }

    private ApiAnswer close(Door door, Credentials given) {
        if (given.session() != null) {
            sessions.close(given.session());
        }
        return cookie(door, "", 0);
    }

    private static ApiAnswer cookie(Door door, String session, long seconds) {
        String cookie =
                door.cookie() + "=" + session + ATTRIBUTES + (door.secure() ? "; Secure" : "") + "; Max-Age=" + seconds;
        return new ApiAnswer(204, "", "", Map.of("Set-Cookie", cookie));
    }

    private static String code(String body) {
        try {
            if (JsonParser.parseString(body) instanceof JsonObject fields
                    && fields.get("code") != null
                    && fields.get("code").isJsonPrimitive()) {
                return fields.get("code").getAsString();
            }
        } catch (JsonParseException e) {
            throw new Problem(400, "the body is not JSON");
        }
        throw new Problem(400, "the body must be {\"code\": CODE}");
    }
}
