package dev.weir.engine;

import java.util.HashMap;
import java.util.Map;
import java.util.concurrent.Executor;

/**
 * Lifecycles by drive name. A drive that is added again waits here until its predecessor is closed.
 *
 * <p>Not thread-safe: needs the engine's lock.
 */
final class Lifecycles {
    private final Map<String, SerialSteps> steps = new HashMap<>();
    private final Executor threads;

    Lifecycles(Executor threads) {
        this.threads = threads;
    }

    SerialSteps of(String drive) {
        return steps.computeIfAbsent(drive, name -> new SerialSteps(threads));
    }

    void forgetIfIdle(String drive) {
        SerialSteps lifecycle = steps.get(drive);
        if (lifecycle != null && lifecycle.isIdle()) {
            steps.remove(drive);
        }
    }
}
