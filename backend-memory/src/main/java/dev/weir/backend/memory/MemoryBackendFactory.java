package dev.weir.backend.memory;

import dev.weir.block.BlockBackendFactory;
import dev.weir.block.BlockOption;
import dev.weir.block.BlockOption.Kind;
import dev.weir.block.HintedBackend;
import dev.weir.memory.MemoryShares;
import java.io.IOException;
import java.util.List;
import java.util.Map;
import org.osgi.service.component.annotations.Component;

/**
 * Opens drives in memory. All drives share one part of the JVM's direct memory ({@link MemoryShares}). The part is at
 * most 12 times the heap, because page tables and loans take heap. Writes beyond it fail with ENOSPC.
 *
 * <p>Thread-safe.
 */
@Component(property = "weir.backend.type=memory", immediate = true)
public final class MemoryBackendFactory implements BlockBackendFactory {
    private static final int MAX_HEAPS = 12;

    private final PagePool pool;

    /** Creates a factory whose drives share this JVM's memory for drives. */
    public MemoryBackendFactory() {
        this(pool(MemoryShares.ofThisJvm(), Runtime.getRuntime().maxMemory()));
    }

    MemoryBackendFactory(PagePool pool) {
        this.pool = pool;
    }

    static PagePool pool(MemoryShares shares, long maxHeapBytes) {
        long most = maxHeapBytes * MAX_HEAPS;
        return shares.driveBytes() <= most
                ? new PagePool(shares.driveBytes(), "-XX:MaxDirectMemorySize")
                : new PagePool(most, "-Xmx: " + MAX_HEAPS + " times the heap");
    }

    @Override
    public String type() {
        return "memory";
    }

    @Override
    public List<BlockOption> options() {
        return List.of(new BlockOption(
                BlockOption.SIZE, Kind.BYTES, true, "size of the drive; its memory is allocated as it is written"));
    }

    @Override
    public HintedBackend open(String drive, Map<String, Object> options, boolean readOnly) throws IOException {
        return new MemoryBackend(size(options), pool);
    }

    @Override
    public void check(String drive, Map<String, Object> options, boolean readOnly) throws IOException {
        size(options);
    }

    private static long size(Map<String, Object> options) throws IOException {
        if (!(options.get("size") instanceof Long size)) {
            throw new IOException("size is missing: a memory drive requires it");
        }
        if (size <= 0) {
            throw new IOException("size = " + size + ": must be 1 byte or more");
        }
        return size;
    }
}
