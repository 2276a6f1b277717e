package dev.weir.engine.clock;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** The slack of a thread's timers: Linux may end a sleep that much later, by default 50 µs. */
final class TimerSlack {
    private static final Logger LOG = LoggerFactory.getLogger(TimerSlack.class);
    private static final Path PROC = Path.of("/proc");

    private TimerSlack() {}

    /** Sets the least slack for the calling thread. Systems without {@code timerslack_ns} keep theirs. */
    static void minimize() {
        try {
            Path thread = Files.readSymbolicLink(PROC.resolve("thread-self")).getFileName();
            Files.writeString(PROC.resolve(thread).resolve("timerslack_ns"), "1");
        } catch (IOException | RuntimeException e) {
            LOG.debug("the timer thread keeps its slack", e);
        }
    }
}
