package dev.weir.launcher;

import ch.qos.logback.classic.LoggerContext;
import ch.qos.logback.classic.filter.ThresholdFilter;
import ch.qos.logback.classic.spi.ILoggingEvent;
import ch.qos.logback.core.ConsoleAppender;
import ch.qos.logback.core.joran.spi.ConsoleTarget;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** The log: a file from the first line on, and standard error once the launcher has said what it has to. */
final class Logs {
    private final LoggerContext context;

    private Logs(LoggerContext context) {
        this.context = context;
    }

    /** Returns whether a file of logback's, which logback finds by itself, says how to log instead. */
    static boolean isReplaced() {
        return System.getProperty("logback.configurationFile") != null;
    }

    /** Opens the log of a home, before anything is logged. */
    static Logs open(Home home) throws StartException {
        if (!isReplaced() && home.folder().toString().contains("%")) {
            throw new StartException(
                    "the home %s has a %% in its name, which the log cannot have".formatted(home.folder()));
        }
        System.setProperty("weir.home", home.folder().toString());
        return new Logs((LoggerContext) LoggerFactory.getILoggerFactory());
    }

    /** Lets warnings through to standard error from now on. */
    void openConsole() {
        if (!isReplaced()) {
            ThresholdFilter warnings = new ThresholdFilter();
            warnings.setLevel("WARN");
            warnings.start();
            ConsoleAppender<ILoggingEvent> console = new ConsoleAppender<>();
            console.setContext(context);
            console.setTarget(ConsoleTarget.SystemErr.getName());
            console.addFilter(warnings);
            console.setEncoder(LogLine.said());
            console.start();
            context.getLogger(Logger.ROOT_LOGGER_NAME).addAppender(console);
        }
    }
}
