package dev.weir.block.filter;

import dev.weir.block.BlockFactory;
import java.io.IOException;
import java.util.Map;
import org.osgi.annotation.versioning.ConsumerType;

/**
 * Opens filters of one type. The bundle of a filter registers a factory as a service. When the service goes, the
 * engine closes every filter that the factory opened. Their drives then hold their requests until a factory of the
 * type comes back.
 *
 * <p>Thread-safe.
 */
@ConsumerType
public interface BlockFilterFactory extends BlockFactory {

    /**
     * Opens a filter in front of a device. May block for any time because it runs on no thread that serves I/O.
     *
     * @param context the drive, the next device and the clock
     * @param options option values by name with the type of the {@link dev.weir.block.BlockOption.Kind}
     * @return the filter; requests may come as soon as this returns
     * @throws IOException if an option cannot apply; the message names the thing, the value and the rule
     */
    BlockFilter open(FilterContext context, Map<String, Object> options) throws IOException;

    /**
     * {@return whether {@link BlockFilter#submit}, {@link BlockFilter#zeroesFast}, the tasks of the filters' timers and
     * {@link ForwardedRequest#completed} return at once; false by default} At once is the time of a copy in memory,
     * without I/O. The engine runs them on the threads that serve clients of all drives. A call that breaks the promise
     * stops such a thread. Otherwise the engine runs them on a separate thread of the filter, which takes 5 to 15 µs
     * more for each request and for each completion. There a call that never returns stops its drive and no other one.
     */
    default boolean returnsAtOnce() {
        return false;
    }
}
