package dev.weir.block;

import java.io.IOException;
import java.util.Map;
import org.osgi.annotation.versioning.ConsumerType;

/**
 * Opens blocking backends of one type. The bundle of a backend registers a factory as a service. When the service
 * goes, the engine closes every backend that the factory opened. It waits up to 15 s for that before the bundle may
 * stop. A request that has not ended keeps its backend open beyond that. The classes of a stopped bundle still run, but
 * services that it used may be gone.
 *
 * <p>Thread-safe.
 */
@ConsumerType
public interface BlockBackendFactory extends BlockFactory {

    /**
     * Opens the storage of one drive. May block for any time because it runs on no thread that serves I/O.
     *
     * @param drive the name of the drive for messages
     * @param options option values by name with the type of the {@link BlockOption.Kind}
     * @param readOnly whether the configuration makes the drive read-only; nothing may be written or created then. The
     *     engine refuses writes itself, so {@link BlockStorage#readOnly} need not repeat it.
     * @return the open backend
     * @throws IOException if the storage cannot be opened as asked; the message names the thing, the value and the
     *     rule
     */
    BlockBackend open(String drive, Map<String, Object> options, boolean readOnly) throws IOException;
}
