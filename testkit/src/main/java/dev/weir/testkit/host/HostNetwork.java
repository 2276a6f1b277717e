package dev.weir.testkit.host;

import java.io.IOException;
import java.util.ArrayList;
import java.util.List;

/** Hosts as network namespaces on one switch. It needs root and the program {@code ip}. Not thread-safe. */
public final class HostNetwork implements AutoCloseable {
    private static final String NAME = "weir" + ProcessHandle.current().pid() % 10_000;
    private static final String SWITCH = NAME + "-sw";

    private final List<String> spaces = new ArrayList<>();

    /**
     * Makes a network of hosts 1 to {@code hosts}.
     *
     * @throws IOException if the program is missing or the user may not make a network; then nothing is left of it
     */
    public HostNetwork(int hosts) throws IOException {
        try {
            add(SWITCH);
            ip("-n " + SWITCH + " link add br0 type bridge");
            ip("-n " + SWITCH + " link set br0 up");
            for (int host = 1; host <= hosts; host++) {
                String space = space(host);
                add(space);
                ip("-n " + space + " link set lo up");
                ip("link add " + space + " netns " + space + " type veth peer name p" + host + " netns " + SWITCH);
                ip("-n " + SWITCH + " link set p" + host + " master br0 up");
                ip("-n " + space + " addr add " + address(host) + "/24 dev " + space);
                ip("-n " + space + " link set " + space + " up");
            }
        } catch (IOException e) {
            close();
            throw e;
        }
    }

    private void add(String space) throws IOException {
        ip("netns add " + space);
        spaces.add(space);
    }

    private static String space(int host) {
        return NAME + "-" + host;
    }

    /** Returns the IP address of a host. */
    public static String address(int host) {
        return "10.77.0." + host;
    }

    /** Returns a command that runs another one on a host. */
    public List<String> on(int host, List<String> command) {
        List<String> words = new ArrayList<>(List.of("ip", "netns", "exec", space(host)));
        words.addAll(command);
        return words;
    }

    /** Connects a host to the switch, or cuts it off from all others. */
    public void connect(int host, boolean isConnected) throws IOException {
        ip("-n " + SWITCH + " link set p" + host + (isConnected ? " up" : " down"));
    }

    /** Drops the packets from a host to another one only, or ends that. */
    public void block(int from, int to, boolean isBlocked) throws IOException {
        ip("-n " + space(from) + " route " + (isBlocked ? "add" : "del") + " blackhole " + address(to) + "/32");
    }

    private static void ip(String words) throws IOException {
        Program.output(List.of(("ip " + words).split(" ")));
    }

    @Override
    public void close() throws IOException {
        for (String space : spaces) {
            ip("netns del " + space);
        }
    }
}
