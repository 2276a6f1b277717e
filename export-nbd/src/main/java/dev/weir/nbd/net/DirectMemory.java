package dev.weir.nbd.net;

import dev.weir.log.RateLimitedLog;
import java.lang.reflect.Field;
import java.lang.reflect.Method;
import java.nio.ByteBuffer;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Gives the memory of direct buffers back at once. Left to the collector it stays until that has a reason to run, which
 * with a heap that hardly grows is never: what a flood of clients made the server take would stay for hours.
 */
final class DirectMemory {
    private static final Logger LOG = LoggerFactory.getLogger(DirectMemory.class);

    private static final RateLimitedLog LEFT = new RateLimitedLog("direct buffers", LOG::warn);

    /** The JDK has no other way before version 22. It is in {@code jdk.unsupported}, which every JDK has. */
    private static final @Nullable Object UNSAFE = unsafe();

    private static final @Nullable Method INVOKE_CLEANER = invokeCleaner();

    private DirectMemory() {}

    private static @Nullable Object unsafe() {
        try {
            Field field = type().getDeclaredField("theUnsafe");
            field.setAccessible(true);
            return field.get(null);
        } catch (ReflectiveOperationException | RuntimeException e) {
            LOG.info("direct memory is given back by the collector only: {}", e.toString());
            return null;
        }
    }

    private static @Nullable Method invokeCleaner() {
        try {
            return type().getMethod("invokeCleaner", ByteBuffer.class);
        } catch (ReflectiveOperationException e) {
            return null;
        }
    }

    private static Class<?> type() throws ClassNotFoundException {
        return Class.forName("sun.misc.Unsafe", true, ClassLoader.getSystemClassLoader());
    }

    /** Frees a buffer that nobody uses any more, neither itself nor a view of it; any use after this ends the JVM. */
    static void free(ByteBuffer buffer) {
        if (UNSAFE == null || INVOKE_CLEANER == null) {
            return;
        }
        try {
            INVOKE_CLEANER.invoke(UNSAFE, buffer);
        } catch (ReflectiveOperationException e) {
            LEFT.write(() -> "a direct buffer was left to the collector: " + e);
        }
    }
}
