package dev.weir.control.server;

import dev.weir.control.access.Caller;
import dev.weir.control.access.Sessions;
import dev.weir.control.access.Tokens;
import dev.weir.control.route.Problem;
import java.util.Locale;
import org.jspecify.annotations.Nullable;

/**
 * Decides whether a request is answered and for which user. It checks the headers Host and Origin against cross-site
 * request forgery (CSRF) and DNS rebinding, and then the token or session. A page of another site cannot use a user's
 * session because its host, origin and site are checked before the session. Thread-safe.
 */
final class RequestGate {
    private static final String BEARER = "bearer ";
    private static final int MOST_TOKEN = 256;

    private final Tokens tokens;
    private final Sessions sessions;

    RequestGate(Tokens tokens, Sessions sessions) {
        this.tokens = tokens;
        this.sessions = sessions;
    }

    /**
     * Checks that a request is meant for this server and comes from no page of another site.
     *
     * @throws Problem with status 421 or 403 if not
     */
    void checkOrigin(Door door, Credentials given) {
        if (!door.isHost(given.host())) {
            throw new Problem(
                    421,
                    "Host = " + given.host() + ": is not a name of this server; control.hosts lists further names");
        }
        String origin = given.origin();
        if (origin != null && !door.isOrigin(origin)) {
            throw new Problem(403, "Origin = " + origin + ": pages of other sites may not use the API");
        }
        String site = given.site();
        if (site != null && (site.equals("cross-site") || site.equals("same-site"))) {
            throw new Problem(403, "Sec-Fetch-Site = " + site + ": pages of other sites may not use the API");
        }
    }

    /**
     * Returns the user of a request. The Unix socket needs no token because its permissions decide.
     *
     * @throws Problem with status 401 if no valid token or session is given
     */
    Caller admit(Door door, Credentials given) {
        if (door.isLocal()) {
            return Caller.SOCKET;
        }
        String authorization = given.authorization();
        if (authorization != null) {
            Caller caller = bearer(authorization);
            if (caller == null) {
                throw new Problem(401, "Authorization: the token is unknown or revoked");
            }
            return caller;
        }
        String session = given.session();
        Caller caller = session == null || session.length() > MOST_TOKEN ? null : sessions.find(session);
        if (caller == null) {
            throw new Problem(
                    401,
                    session == null
                            ? "a token is missing: Authorization: Bearer TOKEN; \"weir token add NAME\" makes one"
                            : "the session is over: \"weir console\" makes a new link");
        }
        if (!given.isSafe() && given.origin() == null) {
            throw new Problem(403, "Origin is missing: a change with a session needs it");
        }
        return caller;
    }

    /** Returns whether the sender of an earlier request would be admitted now. */
    boolean isAdmitted(Door door, Credentials given) {
        try {
            admit(door, given);
            return true;
        } catch (Problem e) {
            return false;
        }
    }

    private @Nullable Caller bearer(String authorization) {
        boolean isBearer = authorization.length() <= MOST_TOKEN
                && authorization.toLowerCase(Locale.ROOT).startsWith(BEARER);
        return isBearer ? tokens.find(authorization.substring(BEARER.length()).strip()) : null;
    }
}
