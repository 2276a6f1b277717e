package dev.weir.launcher;

import ch.qos.logback.classic.Logger;
import ch.qos.logback.classic.LoggerContext;
import ch.qos.logback.classic.spi.ILoggingEvent;
import ch.qos.logback.core.Appender;
import java.nio.file.Path;
import org.jspecify.annotations.Nullable;
import org.slf4j.LoggerFactory;

/** The log: a file from the first line on, and standard error once the launcher has said what it has to. */
final class Logs {
    private final Logger root;
    private final @Nullable Appender<ILoggingEvent> console;

    private Logs(Logger root) {
        this.root = root;
        console = root.getAppender("STDERR");
        root.detachAppender("STDERR");
    }

    /** Opens the log of a home, before anything is logged. */
    static Logs open(Path distribution, Home home) {
        System.setProperty("weir.home", home.folder().toString());
        System.setProperty(
                "logback.configurationFile",
                distribution.resolve("conf/logback.xml").toString());
        return new Logs(
                ((LoggerContext) LoggerFactory.getILoggerFactory()).getLogger(org.slf4j.Logger.ROOT_LOGGER_NAME));
    }

    /** Lets warnings through to standard error from now on. */
    void openConsole() {
        if (console != null) {
            root.addAppender(console);
        }
    }
}
