package dev.weir.nbd.connection;

import static org.junit.jupiter.api.Assertions.assertEquals;

import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.List;
import java.util.Queue;
import org.junit.jupiter.api.Test;

class CutOffLogTest {
    private final List<String> log = new ArrayList<>();
    private final Queue<Runnable> later = new ArrayDeque<>();
    private final CutOffLog complaints = new CutOffLog(log::add, later::add);

    @Test
    void fewCutOffsAreLoggedSingly() {
        for (int i = 1; i <= CutOffLog.MAX_LINES; i++) {
            complaints.cutOff("client " + i, "it babbles");
            assertEquals("client " + i + " is cut off: it babbles", log.get(i - 1));
        }
        later.remove().run();

        assertEquals(CutOffLog.MAX_LINES, log.size());
        assertEquals(0, later.size());
    }

    @Test
    void manyCutOffsAreCounted() {
        for (int i = 0; i < 5000; i++) {
            complaints.cutOff("client", "it babbles");
        }
        assertEquals(CutOffLog.MAX_LINES, log.size());
        assertEquals(1, later.size());
        later.remove().run();

        assertEquals(5000 - CutOffLog.MAX_LINES + " more clients were cut off in 10 s", log.get(log.size() - 1));
        complaints.cutOff("another", "it babbles");
        assertEquals("another is cut off: it babbles", log.get(log.size() - 1));
    }
}
