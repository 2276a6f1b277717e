package dev.weir.block.filter;

import dev.weir.block.BlockDevice;
import dev.weir.block.BlockRequest;
import java.io.IOException;
import java.util.Map;
import org.osgi.annotation.versioning.ConsumerType;

/**
 * A device that wraps the next one. It may delay, change, answer or only observe requests. It passes a request on as
 * it is or wrapped in a {@link ForwardedRequest}. It keeps the order of requests unless changing the order is its
 * purpose. It sees requests of all {@linkplain BlockDevice operations}, flushes and block status too, after the limits
 * have released them.
 *
 * <p>A filter never sleeps: it waits with the timers of the engine's clock. {@link #held}, {@link #condition}, {@link
 * #check} and {@link #close} are about the filter alone because the engine asks the next device itself. The defaults of
 * {@link #size}, {@link #blockSize}, {@link #readOnly}, {@link #zeroesFast}, {@link #resize} and {@link #submit} ask
 * the next device. The engine does not call {@code check} in front of storage in memory.
 *
 * <p>Operators see the options of a filter, the number of requests that it holds and its condition. A filter with
 * further numbers registers a service for them, such as a shell command or an MBean.
 *
 * <p>Thread-safe. The engine calls {@link #configure}, {@link #release} and {@link #close} on one thread at a time. A
 * filter must hold no lock while it submits a request to the next device or completes one: the completion may run
 * inside that call and submit another request to the filter.
 */
@ConsumerType
public interface BlockFilter extends BlockDevice {

    /** {@return the next device, as given in the {@link FilterContext}} */
    BlockDevice next();

    /**
     * Changes the options while requests pass. Either all options apply or none does. Requests that it holds follow
     * the new options too. Ends the state after {@link #release}.
     *
     * @param options option values by name with the type of the {@link dev.weir.block.BlockOption.Kind}
     * @throws IOException if an option cannot apply; the message names the thing, the value and the rule
     */
    void configure(Map<String, Object> options) throws IOException;

    /**
     * Passes on all {@linkplain #held held} requests in their order. Holds no request from now on, until {@link
     * #configure}. Only the engine may call it, on one thread at a time, before it changes the chain of filters. Never
     * blocks.
     */
    void release();

    @Override
    default long size() {
        return next().size();
    }

    @Override
    default int blockSize() {
        return next().blockSize();
    }

    @Override
    default boolean readOnly() {
        return next().readOnly();
    }

    @Override
    default boolean zeroesFast(boolean mayUnmap) {
        return next().zeroesFast(mayUnmap);
    }

    @Override
    default void resize(long newSize) throws IOException {
        next().resize(newSize);
    }

    /**
     * {@inheritDoc} The default passes the request on.
     */
    @Override
    default void submit(BlockRequest request) {
        next().submit(request);
    }

    /**
     * Ends the filter, not the next device. Called once, after the last request has completed. The engine logs an
     * exception and goes on.
     */
    @Override
    default void close() throws IOException {}
}
