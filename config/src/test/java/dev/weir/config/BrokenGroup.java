package dev.weir.config;

import dev.weir.drive.control.GroupControl;
import dev.weir.drive.control.GroupSnapshot;
import dev.weir.drive.settings.GroupSettings;
import dev.weir.throttle.Share;
import dev.weir.throttle.ThrottleDebt;
import dev.weir.throttle.ThrottleLimits;
import java.lang.reflect.Method;
import java.lang.reflect.Proxy;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;

/** A group whose settings cannot be read. */
final class BrokenGroup {
    @Nullable
    Error error;

    Callable<@Nullable Void> hang = () -> null;

    GroupControl group() {
        return (GroupControl)
                Proxy.newProxyInstance(getClass().getClassLoader(), new Class<?>[] {GroupControl.class}, this::answer);
    }

    private @Nullable Object answer(Object proxy, Method method, Object[] arguments) throws Exception {
        return switch (method.getName()) {
            case "hashCode" -> System.identityHashCode(proxy);
            case "equals" -> proxy == arguments[0];
            case "name" -> "broken";
            default -> snapshot();
        };
    }

    private GroupSnapshot snapshot() throws Exception {
        if (error != null) {
            throw error;
        }
        hang.call();
        GroupSettings settings = new GroupSettings("broken", "bucket", ThrottleLimits.NONE);
        return new GroupSnapshot(
                settings, "", "bucket", ThrottleLimits.NONE, null, Share.DEFAULT, ThrottleDebt.NONE, 0, 0, 0, 0, null);
    }
}
