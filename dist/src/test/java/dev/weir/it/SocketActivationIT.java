package dev.weir.it;

import static org.junit.jupiter.api.Assertions.assertEquals;
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

    @Test
    void firstClientStartsWeir(@TempDir Path folder) throws IOException, InterruptedException {
        Client.need("systemd-socket-activate", "qemu-io");
        Path socket = folder.resolve("nbd.sock");
        Path home = folder.resolve("home");
        List<String> command = new ArrayList<>(List.of("systemd-socket-activate", "-l", socket.toString()));
        List<String> weir = Weir.command(
                        home, "run", "--no-shell", "--listen", "unix:" + socket, "-drive", "id=vm1,memory=1M")
                .command();
        command.add("--setenv=JAVA_HOME=" + System.getProperty("java.home"));
        command.addAll(weir);
        Path said = folder.resolve("said");
        Process process = new ProcessBuilder(command)
                .redirectErrorStream(true)
                .redirectOutput(said.toFile())
                .start();
        try {
            awaitSocket(socket);
            String uri = "nbd+unix:///vm1?socket=" + socket;
            Client.run("qemu-io", "-f", "raw", "-c", "write -P 7 0 64k", uri).ok();
            Client.run("qemu-io", "-f", "raw", "-c", "read -P 7 0 64k", uri).ok();
            String log = Files.readString(home.resolve("log/weir.log"));
            assertTrue(log.contains("is a socket of systemd"), log);
            process.destroy();
            assertTrue(process.waitFor(30, TimeUnit.SECONDS), () -> "still runs: " + log);
            assertTrue(Files.exists(socket), "the socket of systemd is gone");
        } finally {
            process.destroyForcibly();
            process.onExit().join();
        }
    }

    @Test
    void bothServersTakeTheirSockets(@TempDir Path folder) throws IOException, InterruptedException {
        Client.need("systemd-socket-activate", "qemu-io", "curl");
        Path nbd = folder.resolve("nbd.sock");
        Path api = folder.resolve("api.sock");
        Path home = folder.resolve("home");
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
        List<String> command = new ArrayList<>(List.of("systemd-socket-activate", "-l", nbd.toString()));
        command.addAll(List.of("-l", api.toString(), "--fdname=nbd:control"));
        command.add("--setenv=JAVA_HOME=" + System.getProperty("java.home"));
        command.addAll(Weir.command(home, "run", "--no-shell", "--config", file.toString())
                .command());
        Path said = folder.resolve("said");
        Process process = new ProcessBuilder(command)
                .redirectErrorStream(true)
                .redirectOutput(said.toFile())
                .start();
        try {
            awaitSocket(nbd);
            Client.run(
                            "curl",
                            "-sS",
                            "--fail",
                            "--max-time",
                            "60",
                            "--unix-socket",
                            api.toString(),
                            "http://a/v1/drives/vm1")
                    .ok();
            Client.run("qemu-io", "-f", "raw", "-c", "write -P 7 0 64k", "nbd+unix:///vm1?socket=" + nbd)
                    .ok();
            String log = Files.readString(home.resolve("log/weir.log"));
            assertTrue(log.contains("nbd.sock is a socket of systemd"), log);
            process.destroy();
            assertTrue(process.waitFor(30, TimeUnit.SECONDS), () -> "still runs: " + log);
            assertTrue(Files.exists(nbd) && Files.exists(api), "a socket of systemd is gone");
        } finally {
            process.destroyForcibly();
            process.onExit().join();
        }
    }

    private static void awaitSocket(Path socket) throws IOException {
        for (int i = 0; !Files.exists(socket); i++) {
            assertTrue(i < 500, "no socket");
            Weir.pause(20);
        }
        try (SocketChannel probe = SocketChannel.open(StandardProtocolFamily.UNIX)) {
            assertEquals(true, probe.connect(UnixDomainSocketAddress.of(socket)));
        }
    }
}
