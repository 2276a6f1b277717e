package dev.weir.cluster.broker;

import dev.weir.cluster.ClusterScope;
import dev.weir.cluster.MemberAddress;
import dev.weir.cluster.OnPartition;
import dev.weir.cluster.members.Members;
import java.net.InetSocketAddress;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.function.LongSupplier;
import org.jspecify.annotations.Nullable;

/**
 * The configuration of the cluster, {@code weir.cluster} in Configuration Admin.
 *
 * @param name the name of the cluster
 * @param host the name of this host
 * @param listen the address of this host
 * @param members the addresses of all hosts, which may change
 * @param secret the file with the secret; null for none
 */
record ClusterSettings(
        String name,
        String host,
        InetSocketAddress listen,
        Members members,
        @Nullable Path secret,
        ClusterScope scope) {

    /**
     * Returns the settings in properties.
     *
     * @param nanoTime the clock (ns)
     * @throws IllegalArgumentException if a property is missing or out of range
     */
    static ClusterSettings of(Map<String, ?> properties, LongSupplier nanoTime) {
        Object secret = properties.get("secret");
        return new ClusterSettings(
                text(properties, "name"),
                text(properties, "host"),
                address(text(properties, "listen")),
                members(properties, nanoTime),
                secret == null ? null : Path.of(secret.toString()),
                new ClusterScope(
                        number(properties, "weight"),
                        number(properties, "total-weight"),
                        number(properties, "hosts"),
                        OnPartition.of(text(properties, "on-partition"))));
    }

    private static Members members(Map<String, ?> properties, LongSupplier nanoTime) {
        Object file = properties.get("members-file");
        Object name = properties.get("members-dns");
        if (file != null) {
            return Members.inFile(Path.of(file.toString()), nanoTime);
        } else if (name != null) {
            return Members.inDns(name.toString(), nanoTime);
        } else if (properties.get("members") instanceof String[] addresses) {
            return Members.listed(List.of(addresses), nanoTime);
        }
        throw new IllegalArgumentException("members = " + properties.get("members") + ": must be addresses");
    }

    private static String text(Map<String, ?> properties, String key) {
        return Objects.requireNonNull(properties.get(key), key + ": must be set")
                .toString();
    }

    private static int number(Map<String, ?> properties, String key) {
        return Integer.parseInt(text(properties, key));
    }

    private static InetSocketAddress address(String text) {
        MemberAddress address = MemberAddress.parse(text);
        if (address == null) {
            throw new IllegalArgumentException("listen = " + text + ": " + MemberAddress.RULE);
        }
        return new InetSocketAddress(address.host(), address.port());
    }
}
