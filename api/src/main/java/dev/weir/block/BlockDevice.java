package dev.weir.block;

import java.util.List;
import org.osgi.annotation.versioning.ConsumerType;

/**
 * Storage with asynchronous requests: the interface of network backends and of filters. Storage that simply blocks is
 * a {@link BlockBackend}.
 *
 * <p>The {@linkplain dev.weir.block package} has an example. A device may start threads, for example to read from a
 * connection, and ends them in {@link #close}. {@link dev.weir.supervision.DaemonThreads} makes threads that do
 * not keep the process alive. Delays need no thread but the timers of the clock.
 *
 * <p>Thread-safe: the engine submits any number of requests at once on any thread. If two overlap in bytes and in
 * time then either may win. The engine checks range and permission first. Offset and length lie within {@link #size()}
 * and are multiples of {@link #blockSize()}. A length is positive except that of a flush. A read-only device gets no
 * writes, zeroing or trims, but it gets flushes. New storage reads as zeroes. The limits have released every request.
 * All eight operations come:
 *
 * <table>
 * <caption>Operations</caption>
 * <tr><th>operation</th><th>duty of the device</th></tr>
 * <tr><td>{@code READ}</td><td>fills the buffer up to its limit; at most 32 MiB</td></tr>
 * <tr><td>{@code WRITE}</td><td>writes the buffer up to its limit; at most 32 MiB</td></tr>
 * <tr><td>{@code WRITE_ZEROES}</td><td>makes the range read as zeroes; any length up to the end; deallocates only with
 *     {@link BlockRequest#mayUnmap}; without it data stays data, and a hole may stay a hole</td></tr>
 * <tr><td>{@code FAST_ZERO}</td><td>as {@code WRITE_ZEROES}; comes only if {@link #zeroesFast} is true for the {@code
 *     mayUnmap} of the request; fails with {@code ENOTSUP} if it is slow nevertheless</td></tr>
 * <tr><td>{@code TRIM}</td><td>may deallocate the range; the content is undefined afterwards; may do nothing</td></tr>
 * <tr><td>{@code FLUSH}</td><td>makes durable every write that completed before its submission, so that it survives a
 *     crash as far as the storage can promise that; storage in memory succeeds; offset and length are 0</td></tr>
 * <tr><td>{@code CACHE}</td><td>may prefetch the range; may do nothing</td></tr>
 * <tr><td>{@code BLOCK_STATUS}</td><td>calls {@link BlockRequest#extent} in ascending order without a gap until the
 *     range ends or the answer is false; a part that is left out counts as data</td></tr>
 * </table>
 *
 * <p>A write, zeroing or trim with force unit access ({@link BlockRequest#fua}) completes after its data is durable. A
 * device may complete with any {@link BlockError}, which the client sees. A successful read whose buffer is not used up
 * fails with {@link BlockError#EIO}, and so does an extent beyond the range.
 *
 * <p>Defaults: {@link #blockSize} 1, {@link #readOnly} and {@link #zeroesFast} false, {@link #check} succeeds, {@link
 * #held} and {@link #condition} empty, {@link #resize} refuses.
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
     * {@return the requests that this device itself holds back, with the reason; none by default} Operators see them in
     * the queue of the drive. Requests that are simply being served are not among them. Never blocks.
     */
    default List<HeldRequest> held() {
        return List.of();
    }

    /**
     * {@return why the device cannot serve now and since when, in words for the operator; empty if it serves} For
     * example its server does not answer. The drive stays open and its requests wait. Its state is then {@code holding}
     * with this reason, so this is no place for numbers. Empty by default. Never blocks.
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
