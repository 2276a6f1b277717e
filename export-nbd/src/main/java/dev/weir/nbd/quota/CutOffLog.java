package dev.weir.nbd.quota;

import dev.weir.log.PlainText;
import dev.weir.log.RateLimitedLog;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** The log of clients that are cut off. Rate and line length are limited. Thread-safe. */
public final class CutOffLog {
    private static final Logger LOG = LoggerFactory.getLogger(CutOffLog.class);

    /** Longest logged reason (characters). A reason may contain text from the client. */
    private static final int MAX_REASON = 512;

    private final RateLimitedLog log;

    CutOffLog() {
        this(new RateLimitedLog("clients that were cut off", LOG::warn));
    }

    /** Makes a log with the rate limit of a test. */
    CutOffLog(RateLimitedLog log) {
        this.log = log;
    }

    /** Logs that a client is cut off and the reason. */
    public void cutOff(String client, String why) {
        log.write(() -> client + " is cut off: " + PlainText.of(why, MAX_REASON));
    }
}
