package dev.weir.block;

import java.util.List;
import org.osgi.annotation.versioning.ConsumerType;

/**
 * Storage with asynchronous requests: the interface of network backends and of filters. Storage that simply blocks is
 * a {@link BlockBackend}.
 *
 * <p>Thread-safe: the engine submits any number of requests at once on any thread. If two overlap in bytes and in
 * time then either may win. The engine checks range and permission first. Offset and length lie within {@link #size()}
 * and are multiples of {@link #blockSize()}. A length is positive except that of a flush. A read-only device gets no
 * writes. A request with force unit access (FUA) completes after its data is durable.
 */
@ConsumerType
public interface BlockDevice extends BlockStorage {

    /**
     * Submits a request. Never blocks and never throws. The device {@linkplain BlockRequest#complete(BlockError)
     * completes} it exactly once, at once or later, on any thread. It must not touch the request afterwards.
     *
     * <p>A device that throws nevertheless must not have passed the request on or completed it. The engine then ends
     * the request with {@link BlockError#EIO}. Later completions have no effect.
     *
     * @param request belongs to the device until its completion
     */
    void submit(BlockRequest request);

    /**
     * {@return the requests that this device itself holds back, with the reason} Operators see them in the queue of
     * the drive. Requests that are simply being served are not among them. Never blocks.
     */
    default List<HeldRequest> held() {
        return List.of();
    }

    /**
     * {@return why the device cannot serve now and since when, in words for the operator; empty if it serves} For
     * example its server does not answer. The drive stays open and its requests wait. Never blocks.
     */
    default String condition() {
        return "";
    }

    /**
     * {@return how often the device has reached its storage again after it had lost it, since it was opened} 0 for
     * storage without a connection. Never blocks.
     */
    default long reconnects() {
        return 0;
    }
}
