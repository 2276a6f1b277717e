package dev.weir.control.api;

import dev.weir.control.route.ApiRequest;
import dev.weir.control.route.Fields;
import dev.weir.control.route.JsonBody;
import dev.weir.control.route.Problem;
import dev.weir.control.route.Route.Body;
import dev.weir.drive.control.DriveControl;
import dev.weir.view.text.DrainSeconds;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;

/** Lifts the limits of drives until they are idle. */
final class Drain {
    private static final String SECONDS = "seconds";
    private static final long MARGIN_NANOS = TimeUnit.SECONDS.toNanos(5);

    private Drain() {}

    static Body body() {
        return new Body(
                Map.of(SECONDS, "the longest time without limits (s), 1 to 3600; default: 60"),
                false,
                "{\"seconds\":10}");
    }

    /**
     * Drains drives in parallel. The body of the request has the timeout.
     *
     * @throws Problem if a drive is still busy after the timeout or the body is invalid
     */
    static void run(List<DriveControl> drives, ApiRequest request) {
        Map<String, Object> fields = JsonBody.fields(request.body(), List.of(SECONDS));
        Object given = fields.getOrDefault(SECONDS, DrainSeconds.DEFAULT);
        if (!(given instanceof Long seconds) || !DrainSeconds.isValid(seconds)) {
            throw Fields.refused(SECONDS, given, DrainSeconds.RULE);
        }
        long nanos = TimeUnit.SECONDS.toNanos(seconds);
        Map<String, CompletableFuture<Boolean>> drains = new LinkedHashMap<>();
        List<String> busy = new ArrayList<>();
        try {
            drives.forEach(drive -> drains.put(drive.name(), drive.drain(nanos)));
            drains.forEach((name, drain) -> {
                if (!Awaited.of(drain, "the drain of drive " + name, nanos + MARGIN_NANOS)) {
                    busy.add(name);
                }
            });
        } finally {
            drains.values().forEach(drain -> drain.cancel(false)); // restores the limits if one has failed
        }
        if (!busy.isEmpty()) {
            throw new Problem(
                    503,
                    "still busy after %d s: %s; the limits apply again".formatted(seconds, String.join(", ", busy)));
        }
    }
}
