package dev.weir.launcher;

import ch.qos.logback.classic.pattern.TargetLengthBasedClassNameAbbreviator;
import ch.qos.logback.classic.spi.ILoggingEvent;
import ch.qos.logback.classic.spi.IThrowableProxy;
import ch.qos.logback.classic.spi.ThrowableProxyUtil;
import ch.qos.logback.core.encoder.EncoderBase;
import java.nio.charset.StandardCharsets;
import java.time.ZoneId;
import java.time.format.DateTimeFormatter;
import java.util.Locale;
import java.util.regex.Pattern;

/** How events look in the log, and on standard error. Thread-safe. */
final class LogLine extends EncoderBase<ILoggingEvent> {
    private static final DateTimeFormatter TIME =
            DateTimeFormatter.ofPattern("yyyy-MM-dd'T'HH:mm:ss.SSSXXX", Locale.ROOT);
    private static final TargetLengthBasedClassNameAbbreviator NAMES = new TargetLengthBasedClassNameAbbreviator(20);

    /** The longest level and a blank. */
    private static final int LEVEL_WIDTH = "ERROR ".length();

    /** Controls of both sets (C0, C1), format characters and separators, but for what divides and indents lines. */
    private static final Pattern HIDDEN = Pattern.compile("[\\p{Cc}\\p{Cf}\\p{Zl}\\p{Zp}&&[^\n\t]]");

    private static final byte[] NOTHING = {};

    private final boolean brief;

    private LogLine(boolean brief) {
        this.brief = brief;
    }

    /** Lines with time, level and logger, as they are kept; what was thrown follows with its stack. */
    static LogLine kept() {
        return new LogLine(false);
    }

    /** Lines for whoever started Weir: the message only. */
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
        return visible(line).getBytes(StandardCharsets.UTF_8);
    }

    /** Returns a line in which nothing moves a terminal's cursor or changes the direction of writing. */
    static String visible(String line) {
        return HIDDEN.matcher(line).replaceAll("?");
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
