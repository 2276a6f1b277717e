package dev.weir.memory;

import dev.weir.supervision.DaemonThreads;
import java.lang.management.BufferPoolMXBean;
import java.lang.management.ManagementFactory;
import java.lang.management.PlatformManagedObject;
import java.lang.reflect.Field;
import java.lang.reflect.Method;
import java.nio.ByteBuffer;
import java.util.concurrent.atomic.AtomicBoolean;
import org.jspecify.annotations.Nullable;

/**
 * Allocates direct memory without waiting and frees it immediately. {@link ByteBuffer#allocateDirect} collects
 * garbage when memory is short and sleeps for up to half a second on the calling thread. An event loop must not
 * sleep.
 *
 * <p>Thread-safe.
 */
public final class DirectMemory {
    private static final BufferPoolMXBean POOL = ManagementFactory.getPlatformMXBeans(BufferPoolMXBean.class).stream()
            .filter(pool -> pool.getName().equals("direct"))
            .findFirst()
            .orElseThrow();
    private static final long MAX_BYTES = readMaxBytes();
    private static final @Nullable Object UNSAFE = unsafe();
    private static final @Nullable Method CLEANER = cleaner();
    private static final Object ALLOCATING = new Object();
    private static final AtomicBoolean COLLECTING = new AtomicBoolean();

    /** The least time between two garbage collections, because each one pauses every thread. */
    private static final long REST_MILLIS = 10_000;

    /** Set by the start script unless the operator has chosen a size. */
    private static final String FIT = "weir.direct-memory.fit";

    /** Memory of a JVM beside heap and direct memory (classes, compiled code, threads and the collector). */
    private static final long JVM_BYTES = 96L << 20;

    /** A lower bound because less cannot hold the longest request. */
    private static final long MIN_FITTING_BYTES = 64L << 20;

    private DirectMemory() {}

    /**
     * {@return the bound of this JVM's direct memory (bytes)} It is {@code -XX:MaxDirectMemorySize} or else the
     * largest heap. With the system property {@value #FIT} it also fits beside the heap into the memory of the
     * machine or container.
     */
    public static long maxBytes() {
        return MAX_BYTES;
    }

    /**
     * {@return a direct buffer of zeroes}
     *
     * @param bytes its capacity (bytes)
     * @throws OutOfMemoryError if the JVM has less left; buffers that are garbage are then collected in the background
     */
    public static ByteBuffer allocate(int bytes) {
        synchronized (ALLOCATING) {
            if (POOL.getTotalCapacity() + bytes <= MAX_BYTES) {
                return ByteBuffer.allocateDirect(bytes);
            }
        }
        collect();
        throw new OutOfMemoryError("direct memory: " + bytes + " bytes asked for, " + POOL.getTotalCapacity() + " of "
                + MAX_BYTES + " taken");
    }

    /**
     * Frees a buffer immediately. Otherwise it would stay until the next garbage collection. With a heap that hardly
     * grows there might never be one. Does nothing if the JVM has no way to free a buffer.
     *
     * @param buffer no thread may use it or a view of it any more; any later use crashes the JVM
     */
    public static void free(ByteBuffer buffer) {
        Method cleaner = CLEANER;
        if (cleaner != null) {
            try {
                cleaner.invoke(UNSAFE, buffer);
            } catch (ReflectiveOperationException e) {
                throw new IllegalArgumentException("a buffer that cannot be freed: " + buffer, e);
            }
        }
    }

    /**
     * Returns {@code Unsafe} because the JDK has no other way before version 22. It is in the module {@code
     * jdk.unsupported} of every JDK.
     */
    private static @Nullable Object unsafe() {
        try {
            Field field = type("sun.misc.Unsafe").getDeclaredField("theUnsafe");
            field.setAccessible(true);
            return field.get(null);
        } catch (ReflectiveOperationException | RuntimeException e) {
            return null;
        }
    }

    private static @Nullable Method cleaner() {
        try {
            return UNSAFE == null ? null : UNSAFE.getClass().getMethod("invokeCleaner", ByteBuffer.class);
        } catch (ReflectiveOperationException e) {
            return null;
        }
    }

    /**
     * Collects garbage. The collector considers only the heap. With a heap that hardly grows it keeps unreachable
     * buffers.
     */
    private static void collect() {
        if (COLLECTING.compareAndSet(false, true)) {
            DaemonThreads.start("weir-direct-memory", () -> {
                try {
                    System.gc();
                    Thread.sleep(REST_MILLIS);
                } catch (InterruptedException e) {
                    Thread.currentThread().interrupt();
                } finally {
                    COLLECTING.set(false);
                }
            });
        }
    }

    private static long readMaxBytes() {
        long heapBytes = Runtime.getRuntime().maxMemory();
        long given = Math.max(0, askJvm("com.sun.management.HotSpotDiagnosticMXBean", bean -> {
            Object option =
                    bean.type().getMethod("getVMOption", String.class).invoke(bean.bean(), "MaxDirectMemorySize");
            Object value =
                    type("com.sun.management.VMOption").getMethod("getValue").invoke(option);
            return Long.parseLong((String) value);
        }));
        long maxBytes = given > 0 ? given : heapBytes; // of another JVM it may be more
        long totalBytes = askJvm("com.sun.management.OperatingSystemMXBean", bean ->
                (long) bean.type().getMethod("getTotalMemorySize").invoke(bean.bean()));
        return Boolean.getBoolean(FIT) && totalBytes > 0 ? fit(maxBytes, totalBytes, heapBytes) : maxBytes;
    }

    /**
     * Returns the direct memory that fits: at most half of all memory and no more than heap and JVM leave. The JVM
     * knows the limit of its container in cgroups of version 1, in nested ones of version 2 and in those of systemd.
     */
    static long fit(long maxBytes, long totalBytes, long heapBytes) {
        long left = totalBytes - heapBytes - JVM_BYTES;
        return Math.min(maxBytes, Math.max(MIN_FITTING_BYTES, Math.min(totalBytes / 2, left)));
    }

    private record Bean(Class<? extends PlatformManagedObject> type, Object bean) {}

    private interface Question {
        long ask(Bean bean) throws ReflectiveOperationException;
    }

    /**
     * Queries the JVM by reflection because frameworks need not export {@code com.sun.management}. Returns 0 without
     * an answer.
     */
    private static long askJvm(String name, Question question) {
        try {
            Class<? extends PlatformManagedObject> type = type(name).asSubclass(PlatformManagedObject.class);
            return question.ask(new Bean(type, ManagementFactory.getPlatformMXBean(type)));
        } catch (ReflectiveOperationException | RuntimeException e) {
            return 0;
        }
    }

    private static Class<?> type(String name) throws ClassNotFoundException {
        return Class.forName(name, true, ClassLoader.getSystemClassLoader());
    }
}
