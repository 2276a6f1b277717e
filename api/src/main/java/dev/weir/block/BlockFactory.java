package dev.weir.block;

import java.io.IOException;
import java.util.List;
import java.util.Map;
import org.osgi.annotation.versioning.ConsumerType;

/**
 * A type of storage or filter that a configuration can name, with its options. A bundle registers one of the
 * sub-interfaces as a service.
 *
 * <p>Thread-safe.
 */
@ConsumerType
public interface BlockFactory {

    /** {@return the type as a configuration names it, for example {@code file}} */
    String type();

    /** {@return the options that {@code open} accepts; the configuration refuses all others} */
    List<BlockOption> options();

    /**
     * Checks whether {@code open} would probably succeed. Changes and creates nothing. Called before a running drive
     * is closed and opened with other options. An image that another drive has open is no failure because that drive
     * may be about to close it. The default checks nothing.
     *
     * @param drive the name of the drive for messages
     * @param options option values by name with the type of the {@link BlockOption.Kind}
     * @param readOnly whether the drive is read-only; nothing may be written or created then
     * @throws IOException if it could not be opened as asked; the message names the thing, the value and the rule
     */
    default void check(String drive, Map<String, Object> options, boolean readOnly) throws IOException {}
}
