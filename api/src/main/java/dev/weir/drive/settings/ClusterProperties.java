package dev.weir.drive.settings;

import dev.weir.cluster.ClusterScope;
import dev.weir.cluster.OnPartition;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** Configuration properties of a group of a cluster. */
final class ClusterProperties {
    private static final String HOSTS = "cluster.hosts";
    private static final String WEIGHT = "cluster.weight";
    private static final String TOTAL_WEIGHT = "cluster.total-weight";
    private static final String ON_PARTITION = "cluster.on-partition";

    private ClusterProperties() {}

    /** Returns the part of the host, or null if the group is of this host only. */
    static @Nullable ClusterScope read(Map<String, ?> properties) {
        if (!properties.containsKey(HOSTS)) {
            return null;
        }
        return new ClusterScope(
                number(properties, WEIGHT),
                number(properties, TOTAL_WEIGHT),
                number(properties, HOSTS),
                OnPartition.of(String.valueOf(properties.get(ON_PARTITION))));
    }

    static void put(Map<String, Object> properties, ClusterScope scope) {
        properties.put(HOSTS, (long) scope.hosts());
        properties.put(WEIGHT, (long) scope.weight());
        properties.put(TOTAL_WEIGHT, (long) scope.totalWeight());
        properties.put(ON_PARTITION, scope.onPartition().key());
    }

    private static int number(Map<String, ?> properties, String key) {
        if (!(properties.get(key) instanceof Number number)) {
            throw new IllegalArgumentException(key + " = " + properties.get(key) + ": must be a number");
        }
        return number.intValue();
    }
}
