package dev.weir.it;

import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.Arrays;
import java.util.HexFormat;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** A QEMU guest with a drive of Weir as its disk reads, writes and reports. */
class GuestIT {
    private static final int BYTES = 1 << 20;

    /** Kernel modules in the order of their dependencies. */
    private static final List<String> MODULES = List.of(
            "virtio_ring", "virtio", "virtio_pci_legacy_dev", "virtio_pci_modern_dev", "virtio_pci", "virtio_blk");

    /** Copies the first MiB of the disk to the second with direct I/O. */
    private static final String INIT =
            """
            #!/bin/busybox sh
            b=/bin/busybox
            $b mount -t devtmpfs dev /dev
            exec >/dev/ttyS0 2>&1
            for m in %s; do $b insmod /$m.ko; done
            until [ -b /dev/vda ]; do $b sleep 0.1; done
            $b dd if=/dev/vda of=/dev/vda bs=64k count=16 seek=16 iflag=direct oflag=direct
            echo "guest has read $($b head -c %d /dev/vda | $b sha256sum)"
            $b poweroff -f
            """
                    .formatted(String.join(" ", MODULES), BYTES);

    @Test
    void readsAndWrites(@TempDir Path folder) throws IOException, NoSuchAlgorithmException {
        Client.need("qemu-system-x86_64", "nbdcopy", "busybox");
        Guest.need("vmlinuz");
        byte[] random = new byte[BYTES];
        new Random().nextBytes(random);
        Path data = Files.write(folder.resolve("data"), random);
        Path disk = folder.resolve("disk");
        try (Weir weir = Weir.start(folder.resolve("home"), "-drive", "id=vm1,memory=16M,bps=10M")) {
            Client.run("nbdcopy", data.toString(), weir.uri("vm1")).ok();
            List<String> disk0 = List.of("-drive", "file=%s,format=raw,if=virtio".formatted(weir.uri("vm1")));
            String console = Guest.boot(folder, INIT, MODULES, List.of("busybox"), disk0);
            String sum = HexFormat.of()
                    .formatHex(MessageDigest.getInstance("SHA-256").digest(random));
            assertTrue(console.contains("guest has read " + sum), console);
            Client.run("nbdcopy", weir.uri("vm1"), disk.toString()).ok();
        }
        byte[] second = Arrays.copyOfRange(Files.readAllBytes(disk), BYTES, 2 * BYTES);
        assertTrue(Arrays.equals(random, second), "what the guest has written");
    }
}
