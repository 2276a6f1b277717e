package dev.weir.launcher.log;

import ch.qos.logback.classic.pattern.TargetLengthBasedClassNameAbbreviator;
import ch.qos.logback.classic.spi.ILoggingEvent;
import ch.qos.logback.classic.spi.IThrowableProxy;
import ch.qos.logback.classic.spi.ThrowableProxyUtil;
import ch.qos.logback.core.encoder.EncoderBase;
import java.nio.charset.StandardCharsets;
import java.time.ZoneId;
import java.time.format.DateTimeFormatter;
import java.util.Locale;

/** Format of events in the log file and on standard error. Thread-safe. */
final class LogLine extends EncoderBase<ILoggingEvent> {
    private static final DateTimeFormatter TIME =
            DateTimeFormatter.ofPattern("yyyy-MM-dd'T'HH:mm:ss.SSSXXX", Locale.ROOT);
    private static final TargetLengthBasedClassNameAbbreviator NAMES = new TargetLengthBasedClassNameAbbreviator(20);

    /** Width of the longest level and a blank (characters). */
    private static final int LEVEL_WIDTH = "ERROR ".length();

    private static final byte[] NOTHING = {};

    private final boolean brief;

    private LogLine(boolean brief) {
        this.brief = brief;
    }

    /** Returns the format of the log file: time, level, logger, message and stack trace. */
    static LogLine kept() {
        return new LogLine(false);
    }

    /** Returns the format of standard error: the message only. */
    static LogLine said() {
        return new LogLine(true);
    }

    @Override
    public byte[] headerBytes() {
        return NOTHING;
    }

    @Override
    public byte[] encode(ILoggingEvent event) {
        String line = brief ? "weir: " + event.getFormattedMessage() + '\n' : kept(event);
        return Messages.visible(line).getBytes(StandardCharsets.UTF_8);
    }

    private String kept(ILoggingEvent event) {
        String level = event.getLevel().toString();
        StringBuilder line = new StringBuilder();
        TIME.formatTo(event.getInstant().atZone(ZoneId.systemDefault()), line);
        line.append(' ').append(level).append(" ".repeat(LEVEL_WIDTH - level.length()));
        line.append(NAMES.abbreviate(event.getLoggerName())).append(" - ");
        line.append(event.getFormattedMessage()).append('\n');
        IThrowableProxy thrown = event.getThrowableProxy();
        if (thrown != null) {
            line.append(ThrowableProxyUtil.asString(thrown));
        }
        return line.toString();
    }

    @Override
    public byte[] footerBytes() {
        return NOTHING;
    }
}
