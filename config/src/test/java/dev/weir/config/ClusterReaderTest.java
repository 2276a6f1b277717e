package dev.weir.config;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNotNull;
import static org.junit.jupiter.api.Assertions.assertNull;

import dev.weir.cluster.ClusterScope;
import dev.weir.cluster.OnPartition;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class ClusterReaderTest {
    private static final String TWO =
            "weir.cluster { host = h1, listen = \"127.0.0.1:7800\", members = [\"127.0.0.1:7800\", \"127.0.0.1:7801\"]";
    private static final String GROUP = "\nweir.groups.g { scope = cluster, limits.iops = 10 }";

    private final ConfigFolder folder;

    ClusterReaderTest(@TempDir Path folder) {
        this.folder = new ConfigFolder(folder);
    }

    private Reading read(String text) {
        return folder.read(text + "\nweir.drives.vm1.backend { type = memory, size = 1M }");
    }

    private List<String> faults(String text) {
        return read(text).faults().stream()
                .map(fault -> fault.substring(fault.indexOf(": ") + 2))
                .toList();
    }

    @Test
    void clusterIsOffWithoutItsBlock() {
        Reading reading = read("weir.groups.g.limits.iops = 10");
        assertNull(reading.cluster());
        assertNull(reading.groups().get(0).cluster());
    }

    @Test
    void groupHasThePartOfThisHost() {
        Reading reading = read(TWO + ", hosts = 4, weights { h1 = 2, h9 = 5 }, on-partition = hold }" + GROUP);
        assertEquals(List.of(), reading.faults());
        assertEquals(
                new ClusterScope(2, 9, 4, OnPartition.HOLD),
                reading.groups().get(0).cluster());
        assertEquals(9, clusterOf(reading).get("total-weight"));
    }

    private static Map<String, Object> clusterOf(Reading reading) {
        Map<String, Object> cluster = reading.cluster();
        assertNotNull(cluster);
        return cluster == null ? Map.of() : cluster;
    }

    @Test
    void groupOfAClusterThatIsOffIsOfThisHost() {
        Reading reading = read("weir.groups.g { scope = cluster, limits.iops = 10 }");
        assertEquals(ClusterScope.ALONE, reading.groups().get(0).cluster());
        assertEquals(1, reading.warnings().size());
    }

    @Test
    void missingKeysAreErrors() {
        assertEquals(
                List.of(
                        "cluster.host: must be set",
                        "cluster.listen: must be set",
                        "cluster.members: must be set: the addresses of all hosts; or set members-dns or members-file"),
                faults("weir.cluster { name = prod }"));
    }

    @Test
    void membersComeFromAFileOrDns() {
        String start = "weir.cluster { host = h1, listen = \"127.0.0.1:7800\", hosts = 3, ";
        Reading file = read(start + "members-file = members.txt }");
        assertEquals(List.of(), file.faults());
        assertEquals(
                folder.folder().resolve("members.txt").toString(),
                clusterOf(file).get("members-file"));
        Reading dns = read(start + "members-dns = \"weir.internal:7800\" }");
        assertEquals(List.of(), dns.faults());
        assertEquals("weir.internal:7800", clusterOf(dns).get("members-dns"));
        assertEquals(3, clusterOf(dns).get("hosts"));
        Reading service = read(start + "members-dns = _weir._tcp.internal }");
        assertEquals(List.of(), service.faults());
        assertEquals("_weir._tcp.internal", clusterOf(service).get("members-dns"));
        assertEquals(
                List.of("cluster.members-dns = _weir.internal:7800: must be HOST:PORT or a name of SRV records:"
                        + " _weir._tcp.example.org"),
                faults(start + "members-dns = \"_weir.internal:7800\" }"));
    }

    @Test
    void membersHaveOneSource() {
        assertEquals(
                List.of("cluster.members-dns = weir.internal:1: must not be set with members"),
                faults(TWO + ", members-dns = \"weir.internal:1\" }"));
        assertEquals(
                List.of(
                        "cluster.members-dns = weir.internal: must be HOST:PORT, an IPv6 address in brackets,"
                                + " the port from 1 to 65535",
                        "cluster.hosts: must be set with members-dns: the number of all hosts"),
                faults("weir.cluster { host = h1, listen = \"127.0.0.1:1\", members-dns = weir.internal }"));
    }

    @Test
    void membersBeyondLoopbackNeedASecret() {
        assertEquals(
                List.of("cluster.secret: must be set because members are reachable from other machines"),
                faults("weir.cluster { host = h1, listen = \"10.0.0.1:7800\", members = [\"10.0.0.1:7800\"] }"));
    }

    @Test
    void listenMustBeAMember() {
        assertEquals(
                List.of("cluster.members = [\"127.0.0.1:2\"]: must contain listen = 127.0.0.1:1"),
                faults("weir.cluster { host = h1, listen = \"127.0.0.1:1\", members = [\"127.0.0.1:2\"] }"));
    }

    @Test
    void groupOfAClusterHasNoParentAndEnoughForEachHost() {
        assertEquals(
                List.of(
                        "groups.g.parent = h: must not be set with scope = cluster",
                        "groups.g.limits.iops = 1: must be at least 2, one for each host of the cluster"),
                faults(TWO + " }\nweir.groups { h {}, g { scope = cluster, parent = h, limits.iops = 1 } }"));
        assertEquals(
                List.of("groups.g.limits.iops: must not scale with the size of drives with scope = cluster"),
                faults(TWO + " }\nweir.groups.g { scope = cluster, limits.iops_per_gib = 1 }"));
    }

    @Test
    void hostsCoverMembersAndWeights() {
        assertEquals(List.of("cluster.hosts = 1: must be from 2 (the members) to 1000"), faults(TWO + ", hosts = 1 }"));
        assertEquals(
                List.of("cluster.weights: has 3 hosts, but the cluster has 2"),
                faults(TWO + ", weights { a = 1, b = 1, c = 1 } }"));
        assertEquals(List.of("cluster.weights.a = 0: must be from 1 to 1000"), faults(TWO + ", weights.a = 0 }"));
    }
}
