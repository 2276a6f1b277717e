package org.example.heap;

import dev.weir.block.BlockBackend;
import dev.weir.block.BlockBackendFactory;
import dev.weir.block.BlockOption;
import dev.weir.block.BlockOption.Kind;
import java.io.IOException;
import java.util.List;
import java.util.Map;
import org.osgi.service.component.annotations.Component;

/** The service that opens backends for {@code backend.type = heap}. Thread-safe. */
@Component
public final class HeapBackendFactory implements BlockBackendFactory {

    @Override
    public String type() {
        return "heap";
    }

    @Override
    public List<BlockOption> options() {
        return List.of(new BlockOption("size", Kind.BYTES, true, "size of the drive"));
    }

    @Override
    public BlockBackend open(String drive, Map<String, Object> options, boolean readOnly) throws IOException {
        if (!(options.get("size") instanceof Long size) || size < 1) {
            throw new IOException("size = " + options.get("size") + ": must be 1 byte or more");
        }
        return new HeapBackend(size);
    }
}
