package dev.weir.launcher.log;

import ch.qos.logback.classic.Level;
import ch.qos.logback.classic.Logger;
import ch.qos.logback.classic.LoggerContext;
import ch.qos.logback.classic.spi.Configurator;
import ch.qos.logback.classic.spi.ILoggingEvent;
import ch.qos.logback.core.rolling.FixedWindowRollingPolicy;
import ch.qos.logback.core.rolling.RollingFileAppender;
import ch.qos.logback.core.rolling.SizeBasedTriggeringPolicy;
import ch.qos.logback.core.spi.ContextAwareBase;
import ch.qos.logback.core.util.Duration;
import ch.qos.logback.core.util.FileSize;
import dev.weir.launcher.home.Home;
import java.nio.file.Path;
import java.util.List;

/**
 * Configures logback to write {@code log/weir.log} in the home. Logback finds this class as a service. Configuration
 * in Java and numbered old logs start three times as fast as XML, patterns and dates (see {@code
 * docs/design/decisions/005-launcher.md}).
 */
public final class LogFile extends ContextAwareBase implements Configurator {
    private static final long MAX_BYTES = 10 * FileSize.MB_COEFFICIENT;
    private static final int OLDER_FILES = 10;

    private static final List<String> TALKATIVE = List.of("org.eclipse.jetty", "org.jgroups");

    /** Loggers with a line for each malformed request or connection, so a stranger could fill the log. */
    private static final List<String> OF_STRANGERS =
            List.of("org.eclipse.jetty.util.HostPort", "org.jgroups.blocks.cs");

    /** Called by logback. */
    public LogFile() {}

    @Override
    public ExecutionStatus configure(LoggerContext context) {
        if (Logs.isReplaced()) {
            return ExecutionStatus.INVOKE_NEXT_IF_ANY;
        }
        Logger root = context.getLogger(org.slf4j.Logger.ROOT_LOGGER_NAME);
        root.setLevel(Level.INFO);
        quieten(context);
        root.addAppender(appender(context, new Home(Path.of(System.getProperty("weir.home"))).log()));
        return ExecutionStatus.DO_NOT_INVOKE_NEXT_IF_ANY;
    }

    /** Raises the levels of libraries that report each step of their start or each connection of a stranger. */
    static void quieten(LoggerContext context) {
        TALKATIVE.forEach(name -> context.getLogger(name).setLevel(Level.WARN));
        OF_STRANGERS.forEach(name -> context.getLogger(name).setLevel(Level.ERROR));
    }

    /** Returns a started appender for the log in a folder. */
    static RollingFileAppender<ILoggingEvent> appender(LoggerContext context, Path folder) {
        RollingFileAppender<ILoggingEvent> appender = new RollingFileAppender<>();
        appender.setContext(context);
        appender.setFile(folder.resolve("weir.log").toString());
        FixedWindowRollingPolicy older = new FixedWindowRollingPolicy();
        older.setContext(context);
        older.setParent(appender);
        older.setFileNamePattern(folder.resolve("weir.%i.log.gz").toString());
        older.setMaxIndex(OLDER_FILES);
        older.start();
        SizeBasedTriggeringPolicy<ILoggingEvent> full = new SizeBasedTriggeringPolicy<>();
        full.setContext(context);
        full.setMaxFileSize(new FileSize(MAX_BYTES));
        full.setCheckIncrement(Duration.buildBySeconds(1));
        full.start();
        appender.setRollingPolicy(older);
        appender.setTriggeringPolicy(full);
        appender.setEncoder(LogLine.kept());
        appender.start();
        return appender;
    }
}
