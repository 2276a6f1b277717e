package dev.weir.bench.server;

import java.io.IOException;
import java.util.ArrayList;
import java.util.List;

/** Hosts as network namespaces on one switch, which needs root. */
public final class HostNetwork implements AutoCloseable {
    private static final String NAME = "wb" + ProcessHandle.current().pid() % 10_000;
    private static final String SWITCH = NAME + "-sw";

    private final List<String> spaces = new ArrayList<>();

    /** Makes a network of hosts 1 to {@code hosts}. */
    public HostNetwork(int hosts) throws IOException, InterruptedException {
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
    }

    private void add(String space) throws IOException, InterruptedException {
        ip("netns add " + space);
        spaces.add(space);
    }

    private static String space(int host) {
        return NAME + "-" + host;
    }

    public static String address(int host) {
        return "10.78.0." + host;
    }

    /** Returns a command that runs another one on a host. */
    public List<String> on(int host, List<String> command) {
        List<String> words = new ArrayList<>(List.of("ip", "netns", "exec", space(host)));
        words.addAll(command);
        return words;
    }

    /** Cuts a host off from all others, or connects it again. */
    public void connect(int host, boolean isConnected) throws IOException, InterruptedException {
        ip("-n " + SWITCH + " link set p" + host + (isConnected ? " up" : " down"));
    }

    /** Drops the packets from a host to another one only, or ends that. */
    public void block(int from, int to, boolean isBlocked) throws IOException, InterruptedException {
        ip("-n " + space(from) + " route " + (isBlocked ? "add" : "del") + " blackhole " + address(to) + "/32");
    }

    private static void ip(String words) throws IOException, InterruptedException {
        Program.output(List.of(("ip " + words).split(" ")));
    }

    @Override
    public void close() throws IOException {
        try {
            for (String space : spaces) {
                ip("netns del " + space);
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }
}
