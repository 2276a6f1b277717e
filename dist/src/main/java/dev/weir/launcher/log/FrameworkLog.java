package dev.weir.launcher.log;

import org.apache.felix.framework.Logger;
import org.jspecify.annotations.Nullable;
import org.slf4j.LoggerFactory;
import org.slf4j.event.Level;

/** Forwards the framework's log to SLF4J. Thread-safe. */
public final class FrameworkLog extends Logger {
    private static final org.slf4j.Logger LOG = LoggerFactory.getLogger("org.apache.felix.framework");

    @Override
    protected void doLog(int level, String message, @Nullable Throwable cause) {
        LOG.atLevel(
                        switch (level) {
                            case LOG_ERROR -> Level.ERROR;
                            case LOG_WARNING -> Level.WARN;
                            case LOG_INFO -> Level.INFO;
                            default -> Level.DEBUG;
                        })
                .setCause(cause)
                .log(message);
    }
}
