package dev.weir.it;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.weir.it.Storage.Kind;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.Arrays;
import java.util.HexFormat;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/**
 * A QEMU guest with a drive of Weir as its disk reads, writes and reports. {@code -Dweir.guests=all} boots one for
 * each kind of storage.
 */
class GuestIT {
    private static final int BYTES = 1 << 20;

    /** Kernel modules in the order of their dependencies. */
    private static final List<String> MODULES = List.of(
            "virtio_ring", "virtio", "virtio_pci_legacy_dev", "virtio_pci_modern_dev", "virtio_pci", "virtio_blk");

    /** Copies the first MiB of the disk to the second with direct I/O unless the disk is read-only. */
    private static final String INIT =
            """
            #!/bin/busybox sh
            b=/bin/busybox
            $b mount -t devtmpfs dev /dev
            $b mount -t sysfs sys /sys
            exec >/dev/ttyS0 2>&1
            for m in %s; do $b insmod /$m.ko; done
            until [ -b /dev/vda ]; do $b sleep 0.1; done
            read ro < /sys/block/vda/ro
            [ $ro = 1 ] || $b dd if=/dev/vda of=/dev/vda bs=64k count=16 seek=16 iflag=direct oflag=direct
            echo "guest has read $($b head -c %d /dev/vda | $b sha256sum)"
            $b poweroff -f
            """
                    .formatted(String.join(" ", MODULES), BYTES);

    private final Path folder;

    GuestIT(@TempDir Path folder) {
        this.folder = folder;
    }

    static List<Kind> kinds() {
        return "all".equals(System.getProperty("weir.guests"))
                ? List.of(Kind.values())
                : List.of(Kind.QCOW2_OVERLAY, Kind.WEIR);
    }

    @BeforeEach
    void needPrograms() throws IOException {
        Client.need("qemu-system-x86_64", "nbdcopy", "busybox");
        Guest.need("vmlinuz");
    }

    private static byte[] random(long bytes) {
        byte[] random = new byte[(int) bytes];
        new Random().nextBytes(random);
        return random;
    }

    /** Boots a guest. The first MiB of its disk must be that of the data. */
    private void boot(Weir weir, byte[] data, String options) throws IOException {
        List<String> disk = List.of("-drive", "file=%s,format=raw,if=virtio%s".formatted(weir.uri("vm1"), options));
        String console = Guest.boot(folder, INIT, MODULES, List.of("busybox"), disk);
        try {
            MessageDigest digest = MessageDigest.getInstance("SHA-256");
            digest.update(data, 0, BYTES);
            String sum = HexFormat.of().formatHex(digest.digest());
            assertTrue(console.contains("guest has read " + sum), console);
        } catch (NoSuchAlgorithmException e) {
            throw new AssertionError(e);
        }
    }

    private byte[] copy(Weir weir) throws IOException {
        Path disk = folder.resolve("disk");
        Client.run("nbdcopy", weir.uri("vm1"), disk.toString()).ok();
        return Files.readAllBytes(disk);
    }

    @Test
    void readsAndWrites() throws IOException {
        byte[] random = random(BYTES);
        Path data = Files.write(folder.resolve("data"), random);
        try (Weir weir = Weir.start(folder.resolve("home"), "-drive", "id=vm1,memory=16M,bps=10M")) {
            Client.run("nbdcopy", data.toString(), weir.uri("vm1")).ok();
            boot(weir, random, "");
            byte[] second = Arrays.copyOfRange(copy(weir), BYTES, 2 * BYTES);
            assertTrue(Arrays.equals(random, second), "what the guest has written");
        }
    }

    @ParameterizedTest
    @MethodSource("kinds")
    void anyStorageIsADiskOfAGuest(Kind kind) throws IOException {
        byte[] expected = random(Storage.BYTES);
        Path contents = Files.write(folder.resolve("contents"), expected);
        try (Storage storage = Storage.of(kind, folder, contents)) {
            Path configuration = Files.writeString(folder.resolve("weir.conf"), storage.configuration());
            try (Weir weir = Weir.start(folder.resolve("home"), "--config", configuration.toString())) {
                boot(weir, expected, storage.isReadOnly() ? ",readonly=on" : "");
                if (!storage.isReadOnly()) {
                    System.arraycopy(expected, 0, expected, BYTES, BYTES);
                }
                assertEquals(-1, Arrays.mismatch(expected, copy(weir)), "the first byte that is wrong");
                assertEquals(0, weir.stop());
            }
        }
    }
}
