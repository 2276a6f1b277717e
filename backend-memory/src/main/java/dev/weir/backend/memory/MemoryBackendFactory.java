package dev.weir.backend.memory;

import com.sun.management.HotSpotDiagnosticMXBean;
import dev.weir.block.BackendOption;
import dev.weir.block.BackendOption.Kind;
import dev.weir.block.BlockBackend;
import dev.weir.block.BlockBackendFactory;
import java.io.IOException;
import java.lang.management.ManagementFactory;
import java.util.List;
import java.util.Map;
import org.osgi.service.component.annotations.Component;

/**
 * Opens drives in memory. All of them together may have three quarters of the JVM's direct memory
 * ({@code -XX:MaxDirectMemorySize}, and where that is not given the largest heap), but no more than 12 times the
 * heap, which holds their page tables and loans; beyond that a write fails with ENOSPC. The rest is for the network's buffers.
 *
 * <p>Thread-safe.
 */
@Component(property = "weir.backend.type=memory", immediate = true)
public final class MemoryBackendFactory implements BlockBackendFactory {
    private static final int MAX_HEAPS = 12;

    private final PagePool pool;

    /** Opens drives that share the memory that this JVM has for them. */
    public MemoryBackendFactory() {
        this(new PagePool(budgetBytes(maxDirectBytes(), Runtime.getRuntime().maxMemory())));
    }

    MemoryBackendFactory(PagePool pool) {
        this.pool = pool;
    }

    static long budgetBytes(long maxDirectBytes, long maxHeapBytes) {
        return Math.min(maxDirectBytes / 4 * 3, maxHeapBytes * MAX_HEAPS);
    }

    private static long maxDirectBytes() {
        long given = 0;
        try {
            given = GivenToTheJvm.maxDirectBytes();
        } catch (LinkageError e) {
            // an OSGi framework that does not export com.sun.management: the JVM's default holds
        }
        return given > 0 ? given : Runtime.getRuntime().maxMemory();
    }

    /** Loaded on its own, because its import is optional. */
    private static final class GivenToTheJvm {
        static long maxDirectBytes() {
            HotSpotDiagnosticMXBean jvm = ManagementFactory.getPlatformMXBean(HotSpotDiagnosticMXBean.class);
            return Long.parseLong(jvm.getVMOption("MaxDirectMemorySize").getValue());
        }
    }

    @Override
    public String type() {
        return "memory";
    }

    @Override
    public List<BackendOption> options() {
        return List.of(
                new BackendOption("size", Kind.BYTES, true, "size of the drive; it takes memory as it is written"));
    }

    @Override
    public BlockBackend open(String drive, Map<String, Object> options, boolean readOnly) throws IOException {
        return new MemoryBackend(size(options), pool);
    }

    @Override
    public void check(String drive, Map<String, Object> options, boolean readOnly) throws IOException {
        size(options);
    }

    private static long size(Map<String, Object> options) throws IOException {
        if (!(options.get("size") instanceof Long size)) {
            throw new IOException("size is missing: a memory drive must be given one");
        }
        if (size <= 0) {
            throw new IOException("size = " + size + ": must be 1 byte or more");
        }
        return size;
    }
}
