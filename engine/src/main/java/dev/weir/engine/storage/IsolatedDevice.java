package dev.weir.engine.storage;

import dev.weir.block.BlockDevice;
import dev.weir.block.BlockError;
import dev.weir.block.BlockRequest;
import dev.weir.block.HeldRequest;
import dev.weir.block.filter.ForwardedRequest;
import dev.weir.supervision.BoundedCalls;
import java.io.IOException;
import java.util.List;
import java.util.concurrent.RejectedExecutionException;
import org.jspecify.annotations.Nullable;

/**
 * A device of another bundle that gets its requests on its own thread.
 *
 * <p>Thread-safe.
 */
final class IsolatedDevice implements BlockDevice {

    /** How long the device may take for an answer that must not block (ms). */
    private static final long ANSWER_MILLIS = 1_000;

    private final BlockDevice device;
    private final PartThread thread;
    private final DeviceGuard guard;

    IsolatedDevice(String drive, BlockDevice device, PartThread thread) {
        this.device = device;
        this.thread = thread;
        guard = new DeviceGuard(drive);
    }

    /** Submits a request on the device's thread. Never throws. */
    @Override
    public void submit(BlockRequest request) {
        hand(thread, request, () -> guard.submit(device, request));
    }

    private static void hand(PartThread to, BlockRequest request, Runnable call) {
        try {
            to.call(call);
        } catch (RejectedExecutionException e) {
            request.complete(BlockError.ESHUTDOWN);
        } catch (OutOfMemoryError e) {
            request.complete(BlockError.ENOMEM);
        }
    }

    /**
     * Returns a request for the device behind an isolated filter. The filter learns of the completion on its own
     * thread, because it may block there too.
     */
    static BlockRequest completedOn(PartThread thread, BlockRequest request) {
        return new ForwardedRequest(request) {
            @Override
            protected void completed(@Nullable BlockError error) {
                hand(thread, original(), () -> original().complete(error));
            }
        };
    }

    @Override
    public boolean zeroesFast(boolean mayUnmap) {
        return BoundedCalls.call(device, ANSWER_MILLIS, () -> device.zeroesFast(mayUnmap));
    }

    @Override
    public long size() {
        return device.size();
    }

    @Override
    public int blockSize() {
        return device.blockSize();
    }

    @Override
    public boolean readOnly() {
        return device.readOnly();
    }

    @Override
    public List<HeldRequest> held() {
        return device.held();
    }

    @Override
    public String condition() {
        return device.condition();
    }

    @Override
    public long reconnects() {
        return device.reconnects();
    }

    /** Returns whether and since when a call of the device has not returned, in words; empty if none is late. */
    String stuck() {
        return thread.condition();
    }

    @Override
    public void resize(long newSize) throws IOException {
        device.resize(newSize);
    }

    @Override
    public void check() throws IOException {
        device.check();
    }

    @Override
    public void close() throws IOException {
        thread.close();
        device.close();
    }
}
