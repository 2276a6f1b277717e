package dev.weir.nbd.quota;

import static org.junit.jupiter.api.Assertions.assertEquals;

import dev.weir.log.RateLimitedLog;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;

class CutOffLogTest {
    private final List<String> lines = new ArrayList<>();
    private final CutOffLog log = new CutOffLog(new RateLimitedLog("cut off", lines::add, task -> {}));

    @Test
    void reasonIsPlainTextOfLimitedLength() {
        log.cutOff("client 1", "it babbles \u001b[31m");
        log.cutOff("client 2", "x".repeat(9000));

        assertEquals("client 1 is cut off: it babbles ?[31m", lines.get(0));
        assertEquals("client 2 is cut off: " + "x".repeat(512) + "…", lines.get(1));
    }

    @Test
    void linesAreBounded() {
        for (int i = 0; i < 1000; i++) {
            log.cutOff("client", "it babbles");
        }
        assertEquals(RateLimitedLog.MAX_LINES, lines.size());
    }
}
