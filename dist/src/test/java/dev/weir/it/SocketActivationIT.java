package dev.weir.it;

import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.net.StandardProtocolFamily;
import java.net.UnixDomainSocketAddress;
import java.nio.channels.SocketChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** A Weir that the first client of a socket of systemd starts. */
class SocketActivationIT {
    private final Path folder;
    private final Path home;
    private final Path nbd;

    SocketActivationIT(@TempDir Path folder) {
        this.folder = folder;
        home = folder.resolve("home");
        nbd = folder.resolve("nbd.sock");
    }

    @Test
    void firstClientStartsWeir() throws IOException, InterruptedException {
        Process systemd = listen("-l " + nbd, "--listen", "unix:" + nbd, "-drive", "id=vm1,memory=1M");
        try {
            awaitSocket();
            qemuIo("write -P 7 0 64k");
            qemuIo("read -P 7 0 64k");
            stop(systemd);
            assertTrue(Files.exists(nbd), "the socket of systemd is gone");
        } finally {
            end(systemd);
        }
    }

    @Test
    void bothServersTakeTheirSockets() throws IOException, InterruptedException {
        Client.need("curl");
        Path api = folder.resolve("api.sock");
        Path file = Files.writeString(
                folder.resolve("weir.conf"),
                """
                weir {
                  nbd.listen = "unix:%s"
                  control.listen = "unix:%s"
                  drives.vm1.backend { type = memory, size = 1MiB }
                }
                """
                        .formatted(nbd, api));
        Process systemd = listen("-l " + nbd + " -l " + api + " --fdname=nbd:control", "--config", file.toString());
        try {
            awaitSocket();
            String get = "curl -sS --fail --max-time 60 --unix-socket " + api + " http://a/v1/drives/vm1";
            Client.run(get.split(" ")).ok();
            qemuIo("write -P 7 0 64k");
            stop(systemd);
            assertTrue(Files.exists(nbd) && Files.exists(api), "a socket of systemd is gone");
        } finally {
            end(systemd);
        }
    }

    /** Starts a program that opens sockets as systemd does and runs Weir at the first client. */
    private Process listen(String options, String... arguments) throws IOException {
        Client.need("systemd-socket-activate", "qemu-io");
        List<String> command = new ArrayList<>(List.of("systemd-socket-activate"));
        command.addAll(List.of(options.split(" ")));
        command.add("--setenv=JAVA_HOME=" + System.getProperty("java.home"));
        ProcessBuilder weir = Weir.command(home, "run", arguments);
        command.addAll(weir.command());
        command.add("--no-shell");
        return weir.command(command)
                .redirectErrorStream(true)
                .redirectOutput(folder.resolve("said").toFile())
                .start();
    }

    private void awaitSocket() throws IOException {
        for (int i = 0; !Files.exists(nbd); i++) {
            assertTrue(i < 500, "no socket");
            Weir.pause(20);
        }
        try (SocketChannel probe = SocketChannel.open(StandardProtocolFamily.UNIX)) {
            assertTrue(probe.connect(UnixDomainSocketAddress.of(nbd)));
        }
    }

    private void qemuIo(String command) {
        Client.run("qemu-io", "-f", "raw", "-c", command, "nbd+unix:///vm1?socket=" + nbd)
                .ok();
    }

    /** Stops a Weir that runs on the socket of systemd. */
    private void stop(Process weir) throws IOException, InterruptedException {
        String log = Files.readString(home.resolve("log/weir.log"));
        assertTrue(log.contains("nbd.sock is a socket of systemd"), log);
        weir.destroy();
        assertTrue(weir.waitFor(30, TimeUnit.SECONDS), () -> "still runs: " + log);
    }

    private static void end(Process process) {
        process.destroyForcibly();
        process.onExit().join();
    }
}
