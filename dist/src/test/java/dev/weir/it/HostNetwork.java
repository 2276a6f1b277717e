package dev.weir.it;

import static org.junit.jupiter.api.Assumptions.assumeTrue;

import java.util.ArrayList;
import java.util.List;

/** Hosts as network namespaces on one switch, which needs root. */
final class HostNetwork implements AutoCloseable {
    private static final String NAME = "weir" + ProcessHandle.current().pid() % 10_000;

    private final List<String> spaces = new ArrayList<>();

    /** Makes a network. Skips the test if that is not possible here. */
    HostNetwork(int hosts) {
        Client.need("ip");
        Client.Result made = ip("netns add " + sw());
        assumeTrue(
                made.status() == 0,
                () -> "needs network namespaces: " + made.err().strip());
        spaces.add(sw());
        Client.Result bridge = ip("-n " + sw() + " link add br0 type bridge");
        if (bridge.status() != 0) {
            close();
        }
        assumeTrue(bridge.status() == 0, () -> "needs a bridge: " + bridge.err().strip());
        ip("-n " + sw() + " link set br0 up").ok();
        for (int i = 1; i <= hosts; i++) {
            ip("netns add " + space(i)).ok();
            spaces.add(space(i));
            ip("-n " + space(i) + " link set lo up").ok();
            String end = NAME + "-" + i;
            ip("link add " + end + " netns " + space(i) + " type veth peer name p" + i + " netns " + sw())
                    .ok();
            ip("-n " + sw() + " link set p" + i + " master br0 up").ok();
            ip("-n " + space(i) + " addr add " + address(i) + "/24 dev " + end).ok();
            ip("-n " + space(i) + " link set " + end + " up").ok();
        }
    }

    private static String sw() {
        return NAME + "-sw";
    }

    /** Returns the namespace of a host, from 1. */
    static String space(int host) {
        return NAME + "-" + host;
    }

    static String address(int host) {
        return "10.77.0." + host;
    }

    /** Connects a host to the switch, or cuts it off by dropping all its packets. */
    static void connect(int host, boolean isConnected) {
        ip("-n " + sw() + " link set p" + host + (isConnected ? " up" : " down"))
                .ok();
    }

    private static Client.Result ip(String words) {
        return Client.run(("ip " + words).split(" "));
    }

    @Override
    public void close() {
        spaces.forEach(space -> ip("netns del " + space));
    }
}
