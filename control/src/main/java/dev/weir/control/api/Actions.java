package dev.weir.control.api;

import dev.weir.control.route.Problem;
import dev.weir.control.route.Route.Action;
import java.util.concurrent.Semaphore;

/** Rules for actions that run at the same time. */
final class Actions {
    /** The most actions that wait for a drive or host. Other requests need threads meanwhile. */
    static final int MOST_WAITING = 16;

    private static final Semaphore WAITING = new Semaphore(MOST_WAITING);

    private static final Object[] LOCKS = new Object[64];

    static {
        for (int i = 0; i < LOCKS.length; i++) {
            LOCKS[i] = new Object();
        }
    }

    private Actions() {}

    /**
     * Returns an action that changes the drive or group of its path alone. Otherwise two actions could read the same
     * settings, and the change of one of them would be lost.
     */
    static Action alone(Action action) {
        return (request, path) -> {
            int lock = Math.floorMod(path.getOrDefault("name", "").hashCode(), LOCKS.length);
            synchronized (LOCKS[lock]) {
                return action.answer(request, path);
            }
        };
    }

    /** Returns an action that may wait. It fails with status 503 if {@value #MOST_WAITING} others wait. */
    static Action waiting(Action action) {
        return (request, path) -> {
            if (!WAITING.tryAcquire()) {
                throw new Problem(
                        503, MOST_WAITING + " requests wait for drives or hosts already, the most; try again later");
            }
            try {
                return action.answer(request, path);
            } finally {
                WAITING.release();
            }
        };
    }
}
