package dev.weir.it;

import static org.junit.jupiter.api.Assertions.assertTrue;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HexFormat;
import java.util.List;
import java.util.Optional;
import java.util.Random;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** A guest of QEMU, emulated, with a drive of Weir as its disk: reads it, writes it and says what it has read. */
class GuestIT {
    private static final int BYTES = 1 << 20;

    /** Where {@code ./test} puts a kernel and its modules. */
    private static final Path KERNEL = Path.of(System.getProperty("weir.guest"));

    /** In the order in which they need each other. */
    private static final List<String> MODULES = List.of(
            "virtio_ring", "virtio", "virtio_pci_legacy_dev", "virtio_pci_modern_dev", "virtio_pci", "virtio_blk");

    /** Copies the first MiB of the disk to the second, past the guest's page cache. */
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
        Optional<Path> kernel = find("vmlinuz");
        assumeTrue(kernel.isPresent(), "needs a guest kernel");
        byte[] random = new byte[BYTES];
        new Random().nextBytes(random);
        Path data = Files.write(folder.resolve("data"), random);
        Path disk = folder.resolve("disk");
        try (Weir weir = Weir.start(folder.resolve("home"), "-drive", "id=vm1,memory=16M,bps=10M")) {
            Client.run("nbdcopy", data.toString(), weir.uri("vm1")).ok();
            String console = boot(kernel.get(), initrd(folder), weir.uri("vm1"));
            String sum = HexFormat.of()
                    .formatHex(MessageDigest.getInstance("SHA-256").digest(random));
            assertTrue(console.contains("guest has read " + sum), console);
            Client.run("nbdcopy", weir.uri("vm1"), disk.toString()).ok();
        }
        byte[] second = Arrays.copyOfRange(Files.readAllBytes(disk), BYTES, 2 * BYTES);
        assertTrue(Arrays.equals(random, second), "what the guest has written");
    }

    private static String boot(Path kernel, Path initrd, String disk) {
        List<String> command = new ArrayList<>(List.of("qemu-system-x86_64", "-accel", "tcg", "-m", "256"));
        command.addAll(List.of("-nodefaults", "-display", "none", "-serial", "stdio", "-no-reboot"));
        command.addAll(List.of("-kernel", kernel.toString(), "-initrd", initrd.toString()));
        command.addAll(List.of("-append", "console=ttyS0 panic=-1 quiet"));
        command.addAll(List.of("-drive", "file=%s,format=raw,if=virtio".formatted(disk)));
        return Client.run(command.toArray(String[]::new)).ok().out();
    }

    private static Path initrd(Path folder) throws IOException {
        Path root = Files.createDirectories(folder.resolve("initrd"));
        Files.createDirectories(root.resolve("bin"));
        Files.createDirectories(root.resolve("dev"));
        Files.copy(Client.find("busybox").orElseThrow(), root.resolve("bin/busybox"));
        for (String module : MODULES) {
            Files.copy(find(module + ".ko").orElseThrow(), root.resolve(module + ".ko"));
        }
        Files.writeString(root.resolve("init"), INIT).toFile().setExecutable(true);
        Path initrd = folder.resolve("initrd.cpio");
        Client.run("sh", "-c", "cd '%s' && busybox find . | busybox cpio -o -H newc > '%s'".formatted(root, initrd))
                .ok();
        return initrd;
    }

    private static Optional<Path> find(String name) throws IOException {
        if (Files.notExists(KERNEL)) {
            return Optional.empty();
        }
        try (Stream<Path> files = Files.walk(KERNEL)) {
            return files.filter(file -> file.getFileName().toString().startsWith(name))
                    .findFirst();
        }
    }
}
