package dev.weir.engine.storage;

import dev.weir.block.BlockDevice;
import dev.weir.block.HeldRequest;
import java.util.List;

/**
 * A device of a drive with the name that operators see. Its answers are safe also if the device breaks its contract.
 *
 * @param name the name, for example {@code filter trace}
 * @param device the filter or the storage itself
 */
public record ChainPart(String name, BlockDevice device) {

    /** Returns the requests that the device itself holds. */
    public List<HeldRequest> held() {
        try {
            return device.held();
        } catch (RuntimeException | Error e) {
            return List.of();
        }
    }

    /** Returns why the device cannot serve now, with its name; empty if it serves. */
    public String condition() {
        try {
            String condition = device.condition();
            return condition.isEmpty() ? "" : name + ": " + condition;
        } catch (RuntimeException | Error e) {
            return name + " failed: " + e;
        }
    }
}
