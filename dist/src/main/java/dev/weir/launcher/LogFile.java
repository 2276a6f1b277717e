package dev.weir.launcher;

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
import java.nio.file.Path;

/**
 * Has logback write to {@code log/weir.log} in the home. Logback finds it as a service. It takes the place of a file in
 * XML, and names older logs by number, as logback with XML, patterns and dates takes three times as long to begin.
 */
public final class LogFile extends ContextAwareBase implements Configurator {
    private static final long MAX_BYTES = 10 * FileSize.MB_COEFFICIENT;
    private static final int OLDER_FILES = 10;

    /** To be called by logback. */
    public LogFile() {}

    @Override
    public ExecutionStatus configure(LoggerContext context) {
        if (Logs.isReplaced()) {
            return ExecutionStatus.INVOKE_NEXT_IF_ANY;
        }
        Logger root = context.getLogger(org.slf4j.Logger.ROOT_LOGGER_NAME);
        root.setLevel(Level.INFO);
        root.addAppender(appender(context, new Home(Path.of(System.getProperty("weir.home"))).log()));
        return ExecutionStatus.DO_NOT_INVOKE_NEXT_IF_ANY;
    }

    /** Returns what writes to the log in a folder, already started. */
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
