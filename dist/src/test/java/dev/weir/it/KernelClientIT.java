package dev.weir.it;

import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.weir.testkit.host.Ports;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.Arrays;
import java.util.HexFormat;
import java.util.List;
import java.util.Random;
import java.util.regex.Pattern;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/**
 * The NBD client of the Linux kernel in an emulated guest over TCP, attached and detached by the commands of
 * docs/guides/kernel.md.
 */
class KernelClientIT {
    private static final int BYTES = 1 << 20;

    private static final List<String> MODULES = List.of(
            "virtio_ring",
            "virtio",
            "virtio_pci_legacy_dev",
            "virtio_pci_modern_dev",
            "virtio_pci",
            "failover",
            "net_failover",
            "virtio_net",
            "nbd");

    /** Copies the first MiB of the drive to the second and discards the first, with direct I/O. */
    private static final String INIT =
            """
            #!/bin/busybox sh
            b=/bin/busybox
            $b mount -t devtmpfs dev /dev; $b mount -t proc proc /proc; $b mount -t sysfs sys /sys
            exec >/dev/ttyS0 2>&1
            for m in %s; do $b insmod /$m.ko; done
            $b ifconfig lo up
            $b ifconfig eth0 10.0.2.15 up
            /bin/%s
            $b dd if=/dev/nbd0 of=/dev/nbd0 bs=64k count=16 seek=16 iflag=direct oflag=direct
            echo "guest has read $($b dd if=/dev/nbd0 bs=64k count=16 iflag=direct | $b sha256sum)"
            $b sync
            $b blkdiscard -l %d /dev/nbd0 && echo guest has discarded
            echo "cache: $($b cat /sys/block/nbd0/queue/write_cache)"
            /bin/%s
            $b poweroff -f
            """;

    @Test
    void readsWritesFlushesAndDiscards(@TempDir Path folder) throws IOException, NoSuchAlgorithmException {
        Client.need("qemu-system-x86_64", "nbdcopy", "nbdinfo", "busybox", "nbd-client", "ldd");
        Guest.need("vmlinuz", "nbd.ko");
        byte[] random = new byte[BYTES];
        new Random().nextBytes(random);
        Path data = Files.write(folder.resolve("data"), random);
        Path disk = folder.resolve("disk");
        int port = Ports.free();
        String listen = "tcp:127.0.0.1:" + port;
        Path home = folder.resolve("home");
        String socket = "unix:" + home.resolve("run/nbd.sock");
        try (Weir weir =
                Weir.start(home, "-drive", "id=vm1,memory=16M,bps=20M", "--listen", socket, "--listen", listen)) {
            Client.run("nbdcopy", data.toString(), weir.uri("vm1")).ok();
            String guide = Files.readString(Path.of("../docs/guides/kernel.md"));
            String attach = first(guide, "nbd-client -name vm1 127.0.0.1 [^\n]*")
                    .replaceFirst("127.0.0.1 \\d+", "10.0.2.2 " + port);
            String detach = first(guide, "nbd-client -d [^\n]*");
            String init = INIT.formatted(String.join(" ", MODULES), attach, BYTES, detach);
            List<String> network = List.of("-netdev", "user,id=n", "-device", "virtio-net-pci,netdev=n,romfile=");
            String console = Guest.boot(folder, init, MODULES, List.of("busybox", "nbd-client"), network);
            String sum = HexFormat.of()
                    .formatHex(MessageDigest.getInstance("SHA-256").digest(random));
            assertTrue(console.contains("guest has read " + sum), console);
            assertTrue(console.contains("guest has discarded"), console);
            assertTrue(console.contains("cache: write back"), console);
            Client.run("nbdcopy", weir.uri("vm1"), disk.toString()).ok();
        }
        byte[] copied = Files.readAllBytes(disk);
        assertTrue(Arrays.equals(random, Arrays.copyOfRange(copied, BYTES, 2 * BYTES)), "what the guest has written");
        assertTrue(Arrays.equals(new byte[BYTES], Arrays.copyOf(copied, BYTES)), "what the guest has discarded");
    }

    private static String first(String text, String pattern) {
        return Pattern.compile(pattern)
                .matcher(text)
                .results()
                .findFirst()
                .orElseThrow()
                .group();
    }
}
