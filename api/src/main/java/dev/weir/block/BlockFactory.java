package dev.weir.block;

import java.io.IOException;
import java.util.List;
import java.util.Map;
import org.osgi.annotation.versioning.ConsumerType;

/**
 * A type of storage or filter that a configuration can name, with its options. A bundle registers one of the
 * sub-interfaces as a service, which needs no property. The packages {@link dev.weir.block} and {@link
 * dev.weir.block.filter} have examples. Of several services of one type the
 * highest {@code service.ranking} serves it, then the oldest. A factory with a higher ranking replaces the open storage
 * or filters of the one before.
 *
 * <p>{@code open} and {@link #check} get a map of options that is immutable and has no entry for an absent option. An
 * entry is never null. {@link BlockOption} says who checks a value and how a wrong one is refused.
 *
 * <p>An {@code open} that fails must have closed everything that it opened. An unchecked exception or null counts as a
 * failure too. A drive whose storage cannot be opened is unavailable. One whose filter cannot be opened holds its
 * requests. Both show the message. The engine tries again after 1 s, then after twice the pause up to a minute.
 *
 * <p>Thread-safe.
 */
@ConsumerType
public interface BlockFactory {

    /**
     * {@return the type as a configuration names it, for example {@code file}} Constant, and read at the registration
     * of the service. Use the pattern [a-z][a-z0-9-]*, so that a configuration needs no quotes. Backends and devices
     * share one set of types. Filters have a separate set.
     */
    String type();

    /** {@return the options that {@code open} accepts; may be empty; the configuration refuses all others} Constant. */
    List<BlockOption> options();

    /**
     * Checks whether {@code open} would probably succeed. Changes and creates nothing. A configuration calls it for a
     * new drive that a command creates. For a running drive it calls it before it changes the options, the size or the
     * filters. Otherwise the first {@code open} of a drive comes without a check. May block for up to 10 s; a later
     * answer counts as a failure. An image that another drive has open is no failure because that drive may be about to
     * close it. The default checks nothing.
     *
     * @param drive the name of the drive for messages
     * @param options option values by name with the type of the {@link BlockOption.Kind}
     * @param readOnly whether the drive is read-only; nothing may be written or created then
     * @throws IOException if it could not be opened as asked; the message names the thing, the value and the rule
     */
    default void check(String drive, Map<String, Object> options, boolean readOnly) throws IOException {}
}
