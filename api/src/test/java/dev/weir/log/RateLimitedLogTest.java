package dev.weir.log;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.fail;

import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.List;
import java.util.Queue;
import org.junit.jupiter.api.Test;

class RateLimitedLogTest {
    private final List<String> lines = new ArrayList<>();
    private final Queue<Runnable> windows = new ArrayDeque<>();
    private final RateLimitedLog log = new RateLimitedLog("drive vm1: failed requests", lines::add, windows::add);

    private void fillWindow() {
        for (int i = 0; i < RateLimitedLog.MAX_LINES; i++) {
            String message = "read " + i + " failed";
            log.write(() -> message);
            assertEquals(message, lines.get(lines.size() - 1));
        }
    }

    @Test
    void fewMessagesAreLoggedWithoutSummary() {
        fillWindow();
        windows.remove().run();
        assertEquals(RateLimitedLog.MAX_LINES, lines.size());
        assertEquals(0, windows.size());
    }

    @Test
    void excessMessagesAreCountedNotFormatted() {
        fillWindow();
        for (int i = 0; i < 5000; i++) {
            log.write(() -> fail("formatted"));
        }
        assertEquals(RateLimitedLog.MAX_LINES, lines.size());
        windows.remove().run();
        assertEquals(
                "drive vm1: failed requests: 5000 more messages were left out in 10 s", lines.get(lines.size() - 1));
    }

    @Test
    void nextWindowStartsAtZero() {
        fillWindow();
        log.write(() -> fail("formatted"));
        windows.remove().run();
        lines.clear();

        fillWindow();
        assertEquals(1, windows.size());
        windows.remove().run();
        assertEquals(RateLimitedLog.MAX_LINES, lines.size());
    }
}
