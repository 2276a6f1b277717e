package dev.weir.engine.storage;

import dev.weir.block.BlockDevice;
import dev.weir.block.HeldRequest;
import dev.weir.supervision.BoundedCalls;
import java.util.List;

/**
 * A device of a drive with the name that operators see. Its answers are safe also if the device breaks its contract.
 *
 * @param name the name, for example {@code filter trace}
 * @param device the filter or the storage itself
 */
public record ChainPart(String name, BlockDevice device) {

    /** How long a device may take for an answer (ms). It must not block. */
    private static final long ANSWER_MILLIS = 1_000;

    /** Returns the requests that the device itself holds; none if it fails to answer. */
    public List<HeldRequest> held() {
        try {
            return List.copyOf(ask(device::held));
        } catch (RuntimeException | Error e) {
            return List.of();
        }
    }

    /** Returns why the device cannot serve now, with its name; empty if it serves. */
    public String condition() {
        try {
            String stuck = device instanceof IsolatedDevice isolated ? isolated.stuck() : "";
            String condition = stuck.isEmpty() ? ask(device::condition) : stuck;
            return condition.isEmpty() ? "" : name + ": " + condition;
        } catch (RuntimeException | Error e) {
            return name + " failed: " + e;
        }
    }

    /** Returns an answer of the device. One of another bundle that never answers blocks no caller for ever. */
    private <T> T ask(BoundedCalls.Answer<T, RuntimeException> question) {
        return device instanceof BackendDevice ? question.get() : BoundedCalls.call(device, ANSWER_MILLIS, question);
    }
}
