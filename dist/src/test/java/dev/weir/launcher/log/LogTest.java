package dev.weir.launcher.log;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import ch.qos.logback.classic.Level;
import ch.qos.logback.classic.LoggerContext;
import ch.qos.logback.classic.spi.LoggingEvent;
import ch.qos.logback.classic.util.LogbackMDCAdapter;
import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Instant;
import java.time.OffsetDateTime;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.zip.GZIPInputStream;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Format of the log and of standard error, and old logs. */
class LogTest {
    private static final int TEN_MEBIBYTES = 10 << 20;

    private final LoggerContext context = new LoggerContext();

    LogTest() {
        context.setMDCAdapter(new LogbackMDCAdapter());
    }

    private LoggingEvent event(Level level, String message, @Nullable Throwable thrown) {
        LoggingEvent event =
                new LoggingEvent("", context.getLogger("dev.weir.engine.Engine"), level, message, thrown, null);
        event.setInstant(Instant.parse("2026-11-28T12:00:00.123Z"));
        return event;
    }

    @Test
    void lineHasTimeLevelLoggerMessage() {
        String line =
                new String(LogLine.kept().encode(event(Level.WARN, "drive ä holds", null)), StandardCharsets.UTF_8);
        String[] parts = line.split(" ", 2);
        assertEquals(
                Instant.parse("2026-11-28T12:00:00.123Z"),
                OffsetDateTime.parse(parts[0]).toInstant());
        assertEquals("WARN  d.weir.engine.Engine - drive ä holds\n", parts[1]);
    }

    @Test
    void strangersFillNoLog() {
        LogFile.quieten(context);
        assertFalse(context.getLogger("org.eclipse.jetty.util.HostPort").isWarnEnabled());
        assertFalse(context.getLogger("org.jgroups.blocks.cs.NioServer").isWarnEnabled());
        assertTrue(context.getLogger("org.jgroups.protocols.TCP").isWarnEnabled());
    }

    @Test
    void controlCharactersAreEscaped() {
        LoggingEvent event = event(Level.WARN, "export 'a\u001b[2J\u009b31m\u202eb\u2028c' is new\n\tand more", null);
        String line = new String(LogLine.kept().encode(event), StandardCharsets.UTF_8);
        assertTrue(line.endsWith(" - export 'a?[2J?31m?b?c' is new\n\tand more\n"), line);
        String said = new String(LogLine.said().encode(event), StandardCharsets.UTF_8);
        assertEquals("weir: export 'a?[2J?31m?b?c' is new\n\tand more\n", said);
    }

    @Test
    void stackTracesGoToTheLogOnly() {
        LoggingEvent event = event(Level.ERROR, "broken", new IOException("outer", new IOException("inner")));
        String kept = new String(LogLine.kept().encode(event), StandardCharsets.UTF_8);
        assertTrue(
                kept.contains("ERROR d.weir.engine.Engine - broken\njava.io.IOException: outer\n\tat dev.weir"), kept);
        assertTrue(kept.contains("Caused by: java.io.IOException: inner\n"), kept);
        assertTrue(kept.endsWith("\n"), kept);
        assertEquals("weir: broken\n", new String(LogLine.said().encode(event), StandardCharsets.UTF_8));
    }

    @Test
    void fullLogIsCompressed(@TempDir Path folder) throws Exception {
        Path home = Files.createDirectory(folder.resolve("home (of a log)"));
        var appender = LogFile.appender(context, home);
        LoggingEvent event = event(Level.INFO, "x".repeat(1 << 16), null);
        for (int i = 0; i <= TEN_MEBIBYTES >> 16; i++) {
            appender.doAppend(event);
        }
        Path older = home.resolve("weir.1.log.gz");
        for (long deadline = System.nanoTime() + TimeUnit.SECONDS.toNanos(30); Files.notExists(older); ) {
            assertTrue(System.nanoTime() < deadline, () -> "no %s: %s"
                    .formatted(older, context.getStatusManager().getCopyOfStatusList()));
            Thread.sleep(100); // logback checks the size once a second and only when it logs
            appender.doAppend(event(Level.INFO, "last", null));
        }
        appender.stop();
        context.stop();
        try (InputStream log = new GZIPInputStream(Files.newInputStream(older))) {
            assertTrue(log.readAllBytes().length > TEN_MEBIBYTES);
        }
        List<String> lines = Files.readAllLines(home.resolve("weir.log"));
        assertTrue(lines.get(lines.size() - 1).endsWith(" - last"), lines::toString);
    }
}
