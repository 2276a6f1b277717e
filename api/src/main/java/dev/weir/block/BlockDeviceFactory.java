package dev.weir.block;

import dev.weir.clock.Clock;
import java.io.IOException;
import java.util.Map;
import org.osgi.annotation.versioning.ConsumerType;

/**
 * Opens asynchronous devices of one type. The bundle of a device registers a factory as a service. When the service
 * goes, the engine closes every device that the factory opened, as for a {@link BlockBackendFactory}.
 *
 * <p>Thread-safe.
 */
@ConsumerType
public interface BlockDeviceFactory extends BlockFactory {

    /**
     * Opens the storage of one drive. May block for any time because it runs on no thread that serves I/O.
     *
     * @param drive the name of the drive for messages
     * @param options option values by name with the type of the {@link BlockOption.Kind}
     * @param readOnly whether the configuration makes the drive read-only; nothing may be written or created then. The
     *     engine refuses writes itself, so {@link BlockStorage#readOnly} need not repeat it.
     * @param clock the only source of time and timers for the device
     * @return the open device
     * @throws IOException if the storage cannot be opened as asked; the message names the thing, the value and the
     *     rule
     */
    BlockDevice open(String drive, Map<String, Object> options, boolean readOnly, Clock clock) throws IOException;

    /**
     * {@return whether {@link BlockDevice#submit}, {@link BlockStorage#zeroesFast} and the tasks of the devices' timers
     * return at once; false by default} At once is the time of a copy in memory, which is a few milliseconds for 32
     * MiB, without I/O. The engine runs them on the threads that serve clients of all drives. A call that breaks the
     * promise stops such a thread. Otherwise the engine runs them on a separate thread of the drive, which takes 5 to
     * 15 µs more. There a call that never returns stops its drive and no other one.
     */
    default boolean returnsAtOnce() {
        return false;
    }
}
