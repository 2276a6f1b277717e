package dev.weir.cluster.broker;

import dev.weir.cluster.ClusterScope;
import dev.weir.cluster.lease.OnPartition;
import java.net.InetSocketAddress;
import java.nio.file.Path;
import java.util.Map;
import java.util.Objects;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/**
 * The configuration of the cluster, {@code weir.cluster} in Configuration Admin.
 *
 * @param name the name of the cluster
 * @param host the name of this host
 * @param listen the address of this host
 * @param members the addresses of all hosts
 * @param secret the file with the secret; null for none
 */
record ClusterSettings(
        String name,
        String host,
        InetSocketAddress listen,
        java.util.List<InetSocketAddress> members,
        @Nullable Path secret,
        ClusterScope scope,
        OnPartition onPartition) {

    /**
     * Returns the settings in properties.
     *
     * @throws IllegalArgumentException if a property is missing or out of range
     */
    static ClusterSettings of(Map<String, ?> properties) {
        Object secret = properties.get("secret");
        OnPartition onPartition = OnPartition.of(text(properties, "on-partition"));
        Object members = properties.get("members");
        if (!(members instanceof String[] addresses)) {
            throw new IllegalArgumentException("members = " + members + ": must be addresses");
        }
        return new ClusterSettings(
                text(properties, "name"),
                text(properties, "host"),
                address(text(properties, "listen")),
                Stream.of(addresses).map(ClusterSettings::address).toList(),
                secret == null ? null : Path.of(secret.toString()),
                new ClusterScope(
                        number(properties, "weight"),
                        number(properties, "total-weight"),
                        number(properties, "hosts"),
                        onPartition == OnPartition.HOLD),
                onPartition);
    }

    private static String text(Map<String, ?> properties, String key) {
        return Objects.requireNonNull(properties.get(key), key + ": must be set")
                .toString();
    }

    private static int number(Map<String, ?> properties, String key) {
        return Integer.parseInt(text(properties, key));
    }

    private static InetSocketAddress address(String text) {
        int colon = text.lastIndexOf(':');
        String host = text.substring(0, colon).replaceAll("^\\[|]$", "");
        return new InetSocketAddress(host, Integer.parseInt(text.substring(colon + 1)));
    }
}
