package dev.weir.cluster.net;

import static org.junit.jupiter.api.Assertions.assertEquals;

import dev.weir.log.RateLimitedLog;
import java.io.EOFException;
import java.util.ArrayList;
import java.util.List;
import org.jgroups.logging.Log;
import org.jgroups.logging.LogFactory;
import org.junit.jupiter.api.Test;

class BoundedTcpTest {
    private final List<String> lines = new ArrayList<>();
    private final Log log = BoundedTcp.bounded(LogFactory.getLog(getClass()), lines::add);

    @Test
    void strangersCannotFillTheLog() {
        for (int i = 0; i < 1000; i++) {
            log.warn("%s: failed accepting connection from peer %s: %s", "10.0.0.1:7800", i, new EOFException());
        }
        assertEquals(RateLimitedLog.MAX_LINES, lines.size());
        assertEquals(
                "cluster: 10.0.0.1:7800: failed accepting connection from peer 0: java.io.EOFException", lines.get(0));
    }

    @Test
    void everyFormOfAWarningHasItsText() {
        log.warn("100 % plain");
        log.error("broken", new EOFException("end"));
        log.warn("of %d", 3);
        assertEquals(
                List.of("cluster: 100 % plain", "cluster: broken: java.io.EOFException: end", "cluster: of 3"), lines);
    }
}
