package dev.weir.control.api;

import dev.weir.control.route.ApiRequest;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Logs each change with its user. */
final class ChangeLog {
    private static final Logger LOG = LoggerFactory.getLogger(ChangeLog.class);

    private ChangeLog() {}

    /** Logs a change: {@code token alice changed the limits of drive vm1}. */
    static void add(ApiRequest request, String change) {
        LOG.info("{} {}", request.caller().name(), change);
    }
}
