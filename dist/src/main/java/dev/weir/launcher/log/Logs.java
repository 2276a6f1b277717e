package dev.weir.launcher.log;

import ch.qos.logback.classic.LoggerContext;
import ch.qos.logback.classic.filter.ThresholdFilter;
import ch.qos.logback.classic.spi.ILoggingEvent;
import ch.qos.logback.core.OutputStreamAppender;
import dev.weir.launcher.home.Home;
import dev.weir.launcher.home.StartException;
import java.io.PrintStream;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** The log. It goes to a file from the first line on, and to standard error once the start has been reported. */
public final class Logs {
    private final LoggerContext context;

    /** Standard error of the process. Gogo's {@code System.err} is that of the client whose command is running. */
    private final PrintStream standardError = System.err;

    private Logs(LoggerContext context) {
        this.context = context;
    }

    /** Returns whether {@code logback.configurationFile} names another configuration of the log. */
    public static boolean isReplaced() {
        return System.getProperty("logback.configurationFile") != null;
    }

    /**
     * Opens the log of a home. Must be called before the first event is logged.
     *
     * @throws StartException if the path of the home contains a percent sign
     */
    public static Logs open(Home home) throws StartException {
        if (!isReplaced() && home.folder().toString().contains("%")) {
            throw new StartException("the home %s must not contain %%, because logback expands it in file names"
                    .formatted(home.folder()));
        }
        System.setProperty("weir.home", home.folder().toString());
        return new Logs((LoggerContext) LoggerFactory.getILoggerFactory());
    }

    /**
     * Adds standard error for warnings and errors. It is off during the start, because each error would appear twice.
     */
    public void openConsole() {
        if (!isReplaced()) {
            ThresholdFilter warnings = new ThresholdFilter();
            warnings.setLevel("WARN");
            warnings.start();
            OutputStreamAppender<ILoggingEvent> console = new OutputStreamAppender<>();
            console.setContext(context);
            console.addFilter(warnings);
            console.setEncoder(LogLine.said());
            console.setOutputStream(standardError);
            console.start();
            context.getLogger(Logger.ROOT_LOGGER_NAME).addAppender(console);
        }
    }
}
