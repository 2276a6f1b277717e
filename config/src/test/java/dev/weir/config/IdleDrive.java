package dev.weir.config;

import dev.weir.drive.control.DriveControl;
import dev.weir.drive.control.DriveSnapshot;
import dev.weir.drive.settings.DriveSettings;
import dev.weir.throttle.Share;
import dev.weir.throttle.ThrottleDebt;
import dev.weir.throttle.ThrottleLimits;
import java.lang.reflect.Proxy;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;

/**
 * A drive without requests, in a fixed state.
 *
 * @param name its name
 * @param state its state
 */
record IdleDrive(String name, DriveSnapshot.State state) {

    /** Returns its control, which has name, snapshot and {@code reopen} only. */
    DriveControl control() {
        return (DriveControl) Proxy.newProxyInstance(
                IdleDrive.class.getClassLoader(),
                new Class<?>[] {DriveControl.class},
                (proxy, method, arguments) -> switch (method.getName()) {
                    case "name" -> name;
                    case "snapshot" -> snapshot();
                    case "reopen" -> CompletableFuture.completedFuture(null);
                    case "hashCode" -> System.identityHashCode(proxy);
                    case "equals" -> proxy == arguments[0];
                    default -> throw new UnsupportedOperationException(method.getName());
                });
    }

    private DriveSnapshot snapshot() {
        return new DriveSnapshot(
                DriveSettings.builder(name, "memory").build(),
                state,
                state == DriveSnapshot.State.SERVING ? "" : "refused",
                0,
                "bucket",
                ThrottleLimits.of(Map.of()),
                Share.DEFAULT,
                ThrottleDebt.NONE,
                new DriveSnapshot.TimerSnapshot(false, 0, 0, 0, 0),
                0,
                0,
                "",
                0,
                List.of(),
                List.of(),
                new DriveSnapshot.Counters(0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0));
    }
}
