package dev.weir.control.access;

import java.util.LinkedHashMap;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import java.util.function.LongSupplier;
import org.jspecify.annotations.Nullable;

/**
 * One-time codes and sessions of the console. They live in memory and end with Weir. Thread-safe.
 */
public final class Sessions {
    /** How long a code can be used (ms). */
    public static final long CODE_MILLIS = TimeUnit.MINUTES.toMillis(5);

    /** How long an unused session lasts (ms). */
    public static final long SESSION_MILLIS = TimeUnit.HOURS.toMillis(12);

    private static final int MOST = 64;
    private static final Caller CONSOLE = new Caller("the console", true);

    private final LongSupplier millis;

    /** The expiry times of codes by hash (ms since 1970), oldest first. Guarded by this, like the sessions. */
    private final Map<String, Long> codes = new LinkedHashMap<>();

    private final Map<String, Long> sessions = new LinkedHashMap<>();

    /**
     * Creates an empty store.
     *
     * @param millis the time (ms since 1970)
     */
    public Sessions(LongSupplier millis) {
        this.millis = millis;
    }

    /** Returns a new code, which opens one session within {@link #CODE_MILLIS}. */
    public synchronized String newCode() {
        return add(codes, CODE_MILLIS);
    }

    /** Opens a session. Returns its secret; null if the code is unknown or used or has expired. */
    public synchronized @Nullable String open(String code) {
        Long end = codes.remove(Secrets.hash(code));
        return end == null || end <= millis.getAsLong() ? null : add(sessions, SESSION_MILLIS);
    }

    /** Returns the user of a session; null if it is unknown or has expired. Each use extends it. */
    public synchronized @Nullable Caller find(String secret) {
        String hash = Secrets.hash(secret);
        Long end = sessions.remove(hash);
        if (end == null || end <= millis.getAsLong()) {
            return null;
        }
        sessions.put(hash, millis.getAsLong() + SESSION_MILLIS);
        return CONSOLE;
    }

    /** Ends a session. */
    public synchronized void close(String secret) {
        sessions.remove(Secrets.hash(secret));
    }

    private String add(Map<String, Long> to, long lastsMillis) {
        long now = millis.getAsLong();
        to.values().removeIf(end -> end <= now);
        if (to.size() >= MOST) {
            to.remove(to.keySet().iterator().next());
        }
        String secret = Secrets.random();
        to.put(Secrets.hash(secret), now + lastsMillis);
        return secret;
    }
}
