package dev.weir.control.api;

import dev.weir.control.route.Fields;
import dev.weir.control.route.Route.Body;
import dev.weir.throttle.Share;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** The fields of a share in a group: {@code weight} and {@code min}. */
final class ShareFields {
    static final String WEIGHT = "weight";
    static final String MIN = "min";
    static final String WEIGHT_SUMMARY = "the part of the group's limits beside other members: 1 to 1000";
    static final String MIN_SUMMARY = "an object with bps and iops: the least rate while others wait too";

    private static final List<String> MINIMA = List.of("bps", "iops");

    private ShareFields() {}

    /** Returns the body of a change of a drive's share. */
    static Body body() {
        return new Body(
                DriveChanges.ordered(WEIGHT, WEIGHT_SUMMARY, MIN, MIN_SUMMARY),
                false,
                "{\"weight\":2,\"min\":{\"iops\":0}}");
    }

    /** Returns a share with the given fields changed. */
    static Share changed(Share now, Map<String, Object> fields) {
        Map<String, Long> share = new LinkedHashMap<>(now.toMap());
        if (fields.containsKey(WEIGHT)) {
            share.put(WEIGHT, weight(fields.get(WEIGHT)));
        }
        Fields.limits(Fields.block(fields, MIN), MINIMA, "min.")
                .forEach((key, value) -> share.put("min." + key, value));
        return Share.of(share);
    }

    private static long weight(@Nullable Object value) {
        if (value instanceof Long weight) {
            return weight;
        }
        throw Fields.refused(WEIGHT, value, "must be a whole number");
    }
}
