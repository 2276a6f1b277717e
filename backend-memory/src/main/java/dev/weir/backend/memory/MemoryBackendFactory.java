package dev.weir.backend.memory;

import dev.weir.block.BackendOption;
import dev.weir.block.BackendOption.Kind;
import dev.weir.block.BlockBackend;
import dev.weir.block.BlockBackendFactory;
import dev.weir.memory.MemoryShares;
import java.io.IOException;
import java.util.List;
import java.util.Map;
import org.osgi.service.component.annotations.Component;

/**
 * Opens drives in memory. All of them together get the drives' part of the JVM's direct memory ({@link MemoryShares}), but no
 * more than 12 times the heap, which holds their page tables and loans. Beyond that a write fails with ENOSPC.
 *
 * <p>Thread-safe.
 */
@Component(property = "weir.backend.type=memory", immediate = true)
public final class MemoryBackendFactory implements BlockBackendFactory {
    private static final int MAX_HEAPS = 12;

    private final PagePool pool;

    /** Opens drives that share the memory that this JVM has for them. */
    public MemoryBackendFactory() {
        this(new PagePool(
                budgetBytes(MemoryShares.ofThisJvm(), Runtime.getRuntime().maxMemory())));
    }

    MemoryBackendFactory(PagePool pool) {
        this.pool = pool;
    }

    static long budgetBytes(MemoryShares shares, long maxHeapBytes) {
        return Math.min(shares.driveBytes(), maxHeapBytes * MAX_HEAPS);
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
