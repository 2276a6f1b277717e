package dev.weir.config;

import dev.weir.cluster.ClusterScope;
import dev.weir.cluster.MemberAddress;
import dev.weir.cluster.OnPartition;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.TreeMap;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/** Parses the block {@code cluster}: the hosts that share the limits of groups. */
final class ClusterReader {
    private static final String NAME = "name";
    private static final String HOST = "host";
    private static final String LISTEN = "listen";
    private static final String MEMBERS = "members";
    private static final String MEMBERS_DNS = "members-dns";
    private static final String MEMBERS_FILE = "members-file";
    private static final String HOSTS = "hosts";
    private static final String WEIGHTS = "weights";
    private static final String SECRET = "secret";
    private static final String ON_PARTITION = "on-partition";

    /** Keys of the block {@code cluster}. */
    static final List<String> KEYS =
            List.of(NAME, HOST, LISTEN, MEMBERS, MEMBERS_DNS, MEMBERS_FILE, HOSTS, WEIGHTS, SECRET, ON_PARTITION);

    private static final Pattern SERVICE = Pattern.compile("_[A-Za-z0-9-]+\\._tcp(\\.[A-Za-z0-9_-]+)+\\.?");

    /** Keys that tell the addresses of the hosts. One of them is set. */
    private static final List<String> SOURCES = List.of(MEMBERS, MEMBERS_DNS, MEMBERS_FILE);

    /**
     * A cluster.
     *
     * @param properties the properties of the bundle of the cluster
     * @param scope the part of this host in limits
     */
    record Cluster(Map<String, Object> properties, ClusterScope scope) {}

    private final Setting cluster;

    private ClusterReader(Setting cluster) {
        this.cluster = cluster;
    }

    /** Returns the cluster; null if the block is missing or has errors. */
    static @Nullable Cluster read(Setting cluster) {
        return cluster.isSet() && cluster.isBlock() ? new ClusterReader(cluster).read() : null;
    }

    private @Nullable Cluster read() {
        cluster.refuseUnknown(KEYS, List.of());
        String host = required(HOST);
        if (host != null && !Names.isSafe(host)) {
            cluster.child(HOST).fault(Names.RULE);
        }
        String listen = required(LISTEN) == null ? null : address(cluster.child(LISTEN));
        Map<String, Object> properties = new TreeMap<>();
        List<String> members = members(listen, properties);
        Integer hosts = hosts(members.size());
        Map<String, Integer> weights = weights(hosts);
        String secret = Values.path(cluster.child(SECRET));
        if (listen != null && secret == null && !isLoopback(listen, members)) {
            cluster.child(SECRET).fault("must be set because members are reachable from other machines");
        }
        OnPartition onPartition = onPartition();
        if (host == null || listen == null || hosts == null) {
            return null;
        }
        int weight = weights.getOrDefault(host, 1);
        int total = hosts
                - weights.size()
                + weights.values().stream().mapToInt(each -> each).sum();
        ClusterScope scope = new ClusterScope(weight, total, hosts, onPartition);
        properties.put(NAME, Objects.requireNonNullElse(Values.word(cluster.child(NAME)), "weir"));
        properties.put(HOST, host);
        properties.put(LISTEN, listen);
        properties.put(HOSTS, hosts);
        properties.put("weight", weight);
        properties.put("total-weight", total);
        properties.put(ON_PARTITION, onPartition.key());
        if (secret != null) {
            properties.put(SECRET, secret);
        }
        return new Cluster(properties, scope);
    }

    private @Nullable String required(String key) {
        Setting setting = cluster.child(key);
        if (!setting.isSet()) {
            setting.fault("must be set");
            return null;
        }
        return Values.word(setting);
    }

    private static @Nullable String address(Setting setting) {
        String text = Values.word(setting);
        if (text != null && MemberAddress.parse(text) == null) {
            setting.fault(MemberAddress.RULE);
            return null;
        }
        return text;
    }

    /** Returns the listed members and puts the source of the members. */
    private List<String> members(@Nullable String listen, Map<String, Object> properties) {
        List<Setting> sources =
                SOURCES.stream().map(cluster::child).filter(Setting::isSet).toList();
        if (sources.isEmpty()) {
            cluster.child(MEMBERS)
                    .fault("must be set: the addresses of all hosts; or set " + MEMBERS_DNS + " or " + MEMBERS_FILE);
            return List.of();
        }
        Setting source = sources.get(0);
        sources.stream().skip(1).forEach(other -> other.fault("must not be set with " + source.key()));
        if (source.key().equals(MEMBERS)) {
            List<String> members = listed(source, listen);
            properties.put(MEMBERS, members.toArray(String[]::new));
            return members;
        }
        String named = source.key().equals(MEMBERS_DNS) ? dnsName(source) : Values.path(source);
        if (named != null) {
            properties.put(source.key(), named);
        }
        if (!cluster.child(HOSTS).isSet()) {
            cluster.child(HOSTS).fault("must be set with " + source.key() + ": the number of all hosts");
        }
        return List.of();
    }

    /** Returns an address or a name of SRV records, which have the ports. */
    private static @Nullable String dnsName(Setting setting) {
        String text = Values.word(setting);
        if (text == null || !text.startsWith("_")) {
            return address(setting);
        }
        if (!SERVICE.matcher(text).matches()) {
            setting.fault("must be HOST:PORT or a name of SRV records: _weir._tcp.example.org");
            return null;
        }
        return text;
    }

    private static List<String> listed(Setting setting, @Nullable String listen) {
        List<String> members = new ArrayList<>();
        for (Setting written : setting.elements()) {
            String member = address(written);
            if (member != null && members.contains(member)) {
                written.fault("is listed twice");
            } else if (member != null) {
                members.add(member);
            }
        }
        if (listen != null && !members.isEmpty() && !members.contains(listen)) {
            setting.fault("must contain listen = " + Findings.shown(listen));
        }
        return members;
    }

    private @Nullable Integer hosts(int members) {
        Setting setting = cluster.child(HOSTS);
        if (!setting.isSet() && !cluster.child(MEMBERS).isSet()) {
            return null;
        }
        Long hosts = setting.isSet() ? Quantity.count(setting) : Long.valueOf(members);
        if (hosts == null) {
            return null;
        }
        if (hosts < Math.max(1, members) || hosts > ClusterScope.MAX_HOSTS) {
            setting.fault("must be from " + Math.max(1, members) + " (the members) to " + ClusterScope.MAX_HOSTS);
            return null;
        }
        return hosts.intValue();
    }

    private Map<String, Integer> weights(@Nullable Integer hosts) {
        Map<String, Integer> weights = new TreeMap<>();
        for (Setting written : cluster.child(WEIGHTS).children()) {
            Long weight = Quantity.count(written);
            if (!Names.isSafe(written.key())) {
                written.fault(Names.RULE);
            } else if (weight != null && (weight < 1 || weight > ClusterScope.MAX_WEIGHT)) {
                written.fault("must be from 1 to " + ClusterScope.MAX_WEIGHT);
            } else if (weight != null) {
                weights.put(written.key(), weight.intValue());
            }
        }
        if (hosts != null && weights.size() > hosts) {
            cluster.child(WEIGHTS).fault("has " + weights.size() + " hosts, but the cluster has " + hosts);
            weights.clear();
        }
        return weights;
    }

    private OnPartition onPartition() {
        Setting setting = cluster.child(ON_PARTITION);
        String word = Objects.requireNonNullElse(Values.word(setting), OnPartition.SAFE_SHARE.key());
        for (OnPartition value : OnPartition.values()) {
            if (value.key().equals(word)) {
                return value;
            }
        }
        setting.fault("must be safe-share, last-share or hold");
        return OnPartition.SAFE_SHARE;
    }

    private static boolean isLoopback(String listen, List<String> members) {
        return MetricsReader.isLoopback("tcp:" + listen)
                && members.stream().allMatch(member -> MetricsReader.isLoopback("tcp:" + member));
    }
}
