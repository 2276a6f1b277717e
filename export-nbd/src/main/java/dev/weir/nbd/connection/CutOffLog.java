package dev.weir.nbd.connection;

import dev.weir.log.PlainText;
import dev.weir.log.RateLimitedLog;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** The log of clients that are cut off, with a bound on lines and on the length of each. Thread-safe. */
public final class CutOffLog {
    private static final Logger LOG = LoggerFactory.getLogger(CutOffLog.class);

    /** Longest reason in characters: a client may have written some of it. */
    private static final int MAX_REASON = 512;

    private final RateLimitedLog log;

    CutOffLog() {
        this(new RateLimitedLog("clients that were cut off", LOG::warn));
    }

    /** Makes a log with a rate limit that a test controls. */
    CutOffLog(RateLimitedLog log) {
        this.log = log;
    }

    /** Says that a client is cut off, and why. */
    public void cutOff(String client, String why) {
        log.write(() -> client + " is cut off: " + PlainText.of(why, MAX_REASON));
    }
}
