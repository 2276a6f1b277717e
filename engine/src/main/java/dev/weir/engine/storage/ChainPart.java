package dev.weir.engine.storage;

import dev.weir.block.BlockDevice;
import dev.weir.block.HeldRequest;
import dev.weir.clock.Clock;
import dev.weir.drive.control.QueuedRequest;
import dev.weir.log.FailureText;
import dev.weir.log.PlainText;
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

    /** Returns these requests as operators see them. */
    public List<QueuedRequest> queued(Clock clock) {
        List<HeldRequest> held = held();
        long now = clock.nanoTime(); // not earlier, because a request would be younger than 0
        return held.stream()
                .map(one -> queued(one, name + ": " + one.reason(), now))
                .toList();
    }

    /** Returns a held request as operators see it. */
    public static QueuedRequest queued(HeldRequest held, String heldBy, long now) {
        return new QueuedRequest(
                QueuedRequest.LEFT_THE_QUEUE,
                String.valueOf(held.client()),
                held.operation(),
                held.offset(),
                held.length(),
                now - held.sinceNanos(),
                heldBy,
                held.dueNanos() == HeldRequest.UNKNOWN ? -1 : Math.max(0, held.dueNanos() - now));
    }

    /** Returns why the device cannot serve now, with its name; empty if it serves. */
    public String condition() {
        try {
            String stuck = device instanceof IsolatedDevice isolated ? isolated.stuck() : "";
            String condition = stuck.isEmpty() ? ask(device::condition) : stuck;
            return condition.isEmpty() ? "" : name + ": " + PlainText.of(condition);
        } catch (RuntimeException | Error e) {
            return name + " failed: " + FailureText.of(e);
        }
    }

    /** Returns why a filter or the storage cannot serve now; empty if all serve. */
    public static String condition(List<ChainPart> parts) {
        return parts.stream()
                .map(ChainPart::condition)
                .filter(condition -> !condition.isEmpty())
                .findFirst()
                .orElse("");
    }

    /** Returns how often the device has reached its storage again; 0 if it fails to answer. */
    public long reconnects() {
        try {
            return ask(device::reconnects);
        } catch (RuntimeException | Error e) {
            return 0;
        }
    }

    /** Returns an answer of the device. One of another bundle that never answers blocks no caller for ever. */
    private <T> T ask(BoundedCalls.Answer<T, RuntimeException> question) {
        return device instanceof BackendDevice ? question.get() : BoundedCalls.call(device, ANSWER_MILLIS, question);
    }
}
