package dev.weir.block;

import java.io.IOException;
import java.util.List;
import java.util.Map;
import org.osgi.annotation.versioning.ConsumerType;

/**
 * Opens backends of one type. The bundle of a backend registers a factory as a service. When the service goes, the
 * engine closes every backend that the factory opened.
 *
 * <p>Thread-safe.
 */
@ConsumerType
public interface BlockBackendFactory {

    /** {@return the type as a configuration names it, for example {@code file}} */
    String type();

    /** {@return the options that {@link #open} accepts; the configuration refuses all others} */
    List<BackendOption> options();

    /**
     * Opens the storage of one drive. May block for any time because it runs on no thread that serves I/O.
     *
     * @param drive the name of the drive for messages
     * @param options option values by name with the type of the {@link BackendOption.Kind}
     * @param readOnly whether the drive is read-only; nothing may be written or created then
     * @return the open backend
     * @throws IOException if the storage cannot be opened as asked; the message names the thing, the value and the
     *     rule
     */
    BlockBackend open(String drive, Map<String, Object> options, boolean readOnly) throws IOException;

    /**
     * Checks whether {@link #open} would probably succeed. Changes and creates nothing. Called before a running drive
     * is closed and opened with other options. An image that another drive has open is no failure because that drive
     * may be about to close it. The default checks nothing.
     *
     * @param drive the name of the drive for messages
     * @param options as for {@link #open}
     * @param readOnly as for {@link #open}
     * @throws IOException if it could not be opened as asked; the message names the thing, the value and the rule
     */
    default void check(String drive, Map<String, Object> options, boolean readOnly) throws IOException {}
}
