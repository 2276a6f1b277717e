package dev.weir.engine.storage;

import dev.weir.block.BlockRequest;
import dev.weir.block.HeldRequest;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.List;
import java.util.Queue;
import org.jspecify.annotations.Nullable;

/**
 * The requests that came while the storage was stopped, oldest first.
 *
 * <p>Guarded by itself.
 */
final class WaitingRequests {
    private record Waiting(BlockRequest request, long since) {}

    private final Queue<Waiting> requests = new ArrayDeque<>(0);

    void add(BlockRequest request, long since) {
        requests.add(new Waiting(request, since));
    }

    /** Removes the oldest request. Returns null if none waits. */
    @Nullable
    BlockRequest poll() {
        Waiting oldest = requests.poll();
        return oldest == null ? null : oldest.request;
    }

    boolean isEmpty() {
        return requests.isEmpty();
    }

    /** Returns the requests with the reason for which they wait. */
    List<HeldRequest> held(String reason) {
        return requests.stream()
                .map(each -> HeldRequest.of(each.request, reason, each.since, HeldRequest.UNKNOWN))
                .toList();
    }

    /** Removes the requests of a client, or all if it is null. */
    List<BlockRequest> withdraw(@Nullable Object client) {
        List<BlockRequest> withdrawn = new ArrayList<>();
        requests.removeIf(each -> {
            boolean leaves = client == null || each.request.client() == client;
            return leaves && withdrawn.add(each.request);
        });
        return withdrawn;
    }
}
