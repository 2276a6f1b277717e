package dev.weir.engine.storage;

import dev.weir.block.BlockDevice;
import dev.weir.block.BlockError;
import dev.weir.block.BlockRequest;
import dev.weir.log.FailureText;
import dev.weir.log.RateLimitedLog;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Contains breaches of the contract by devices and filters of other bundles: they are logged and fail their own request
 * only. See docs/design/decisions/036-answers-of-devices.md.
 *
 * <p>Thread-safe.
 */
final class DeviceGuard {
    private static final Logger LOG = LoggerFactory.getLogger(DeviceGuard.class);

    private static final RateLimitedLog BROKEN = new RateLimitedLog("devices that failed on a request", LOG::error);

    private final String drive;

    DeviceGuard(String drive) {
        this.drive = drive;
    }

    /** Submits a request and checks the answers to it. */
    void submit(BlockDevice to, BlockRequest request) {
        GuardedRequest guarded = null;
        try {
            guarded = new GuardedRequest(request, fault -> broken(request, fault));
            to.submit(guarded);
        } catch (RuntimeException | Error e) {
            BlockError error = e instanceof OutOfMemoryError ? BlockError.ENOMEM : BlockError.EIO;
            broken(request, "a device threw " + FailureText.of(e));
            if (guarded == null) {
                request.complete(error);
            } else {
                guarded.fail(error);
            }
        }
    }

    private void broken(BlockRequest request, String fault) {
        BackendDevice.logged(() -> BROKEN.write(
                () -> "drive %s: %s at %d: %s".formatted(drive, request.operation(), request.offset(), fault)));
    }

    /** Returns whether write-zeroes is faster than a write. A device that fails to answer is not. */
    boolean zeroesFast(BlockDevice device, boolean mayUnmap) {
        try {
            return device.zeroesFast(mayUnmap);
        } catch (RuntimeException | Error e) {
            BackendDevice.logged(() -> BROKEN.write(() -> "drive %s: a device threw %s".formatted(drive, e)));
            return false;
        }
    }
}
