package dev.weir.it;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermission;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Images beside QEMU: locks, formats and modes. */
class ImageIT {
    private static final Set<PosixFilePermission> OF_THE_OWNER =
            Set.of(PosixFilePermission.OWNER_READ, PosixFilePermission.OWNER_WRITE, PosixFilePermission.OWNER_EXECUTE);

    private final Path home;
    private final Path image;

    ImageIT(@TempDir Path folder) {
        home = folder.resolve("home");
        image = folder.resolve("vm1.img");
    }

    private static Client.Result qemuIo(Path image, String access, String command) {
        List<String> words = new ArrayList<>(List.of("qemu-io", "-f", "raw", "-c", command));
        words.addAll(access.isEmpty() ? List.of() : List.of(access.split(" ")));
        words.add(image.toString());
        return Client.run(words.toArray(String[]::new));
    }

    private String reason(Weir weir, String drive) {
        return weir.ask("drive " + drive + " --json").object().getString("reason");
    }

    @Test
    void qemuReadsButDoesNotWriteWithForceShare() {
        Client.need("qemu-io");
        try (Weir weir = Weir.start(home, "-drive", "id=vm1,file=%s,size=1M".formatted(image))) {
            assertEquals("", reason(weir, "vm1"));
            qemuIo(image, "-r -U", "read 0 4k").ok();
            Client.Result refused = qemuIo(image, "", "write 0 4k");
            assertNotEquals(0, refused.status());
            assertTrue(refused.err().contains("\"write\" lock"), refused.err());
        }
    }

    @Test
    void qemuAndAReadOnlyDriveReadTogether() throws IOException {
        Client.need("qemu-io");
        Files.write(image, new byte[1 << 20]);
        try (Weir weir = Weir.start(home, "-drive", "id=vm1,file=%s,read-only=on".formatted(image))) {
            assertEquals("", reason(weir, "vm1"));
            qemuIo(image, "-r", "read 0 4k").ok();
            assertNotEquals(0, qemuIo(image, "", "write 0 4k").status());
        }
    }

    @Test
    void noDriveOpensWhatQemuWrites() throws IOException {
        Client.need("qemu-nbd");
        Files.write(image, new byte[1 << 20]);
        Path socket = image.resolveSibling("qemu.sock");
        Process qemu =
                new ProcessBuilder("qemu-nbd", "-t", "-f", "raw", "-k", socket.toString(), image.toString()).start();
        try {
            while (!Files.exists(socket)) {
                assertTrue(qemu.isAlive());
                Weir.pause(20);
            }
            assertNotServed(
                    List.of("-drive", "id=writer,file=" + image, "-drive", "id=reader,read-only=on,file=" + image),
                    "drive writer is not served: path = %s: another process has it open".formatted(image),
                    "drive reader is not served: path = %s: another process has it open for writing".formatted(image));
        } finally {
            qemu.destroy();
        }
    }

    @Test
    void imagesOfOtherFormatsAreRefused() {
        Client.need("qemu-img");
        List<String> arguments = new ArrayList<>();
        List<String> refusals = new ArrayList<>();
        for (String format : List.of("qcow2", "qcow", "qed", "vmdk", "vhdx", "vdi", "vpc", "parallels")) {
            Path file = image.resolveSibling(format);
            Client.run("qemu-img", "create", "-q", "-f", format, file.toString(), "16M")
                    .ok();
            arguments.addAll(List.of("-drive", "id=%s,backend=file,backend.path=%s".formatted(format, file)));
            arguments.addAll(List.of("-drive", "id=raw-%s,format=raw,read-only=on,file=%s".formatted(format, file)));
            refusals.add("drive %s is not served: path = %s: is a %s image"
                    .formatted(format, file, format.equals("qcow") ? "qcow2" : format));
        }
        String errors = assertNotServed(arguments, refusals.toArray(String[]::new));
        assertFalse(errors.contains("raw-"), errors);
    }

    /** Starts a Weir, waits until its errors contain all texts, and returns its errors. */
    private String assertNotServed(List<String> arguments, String... refusals) {
        try (Weir weir = Weir.launch(home, arguments.toArray(String[]::new))) {
            for (String refusal : refusals) {
                weir.awaitErrors(refusal);
            }
            return weir.errors();
        }
    }

    @Test
    void createdFilesAreForTheUserOnly() throws IOException {
        try (Weir weir = Weir.start(home, "-drive", "id=vm1,file=%s,size=1M".formatted(image))) {
            weir.ask("drives").ok();
            try (Stream<Path> files = Files.walk(home)) {
                for (Path made : Stream.concat(files, Stream.of(image)).toList()) {
                    assertTrue(OF_THE_OWNER.containsAll(Files.getPosixFilePermissions(made)), made.toString());
                }
            }
        }
    }

    @Test
    void lostImageRefusesWritesAndIsShown() throws IOException {
        Client.need("qemu-io");
        Path moved = image.resolveSibling("moved.img");
        try (Weir weir = Weir.start(home, "-drive", "id=vm1,file=%s,size=1M".formatted(image))) {
            assertEquals(0, io(weir, "write -f 0 4k").status());
            Files.move(image, moved);
            assertNotEquals(0, io(weir, "write -f 0 4k").status());
            weir.await(() -> reason(weir, "vm1").contains("was deleted or moved"));
            assertEquals(0, io(weir, "read 0 4k").status());
            String status = Client.run(Weir.command(home, "status"), "").out();
            assertTrue(status.contains("vm1 unavailable: path = " + image), status);

            Files.move(moved, image);
            weir.await(() -> reason(weir, "vm1").isEmpty());
            assertEquals(0, io(weir, "write -f 0 4k").status());
        }
    }

    private static Client.Result io(Weir weir, String command) {
        return Client.run("qemu-io", "-f", "raw", "-c", command, weir.uri("vm1"));
    }

    @ParameterizedTest
    @ValueSource(strings = {"writeback", "none"})
    void loopDeviceServesAVerifyingClient(String cache) throws IOException {
        Client.need("losetup", "nbdinfo", "qemu-img");
        Client.needFio();
        Path copy = image.resolveSibling("copy.img");
        Files.write(image, new byte[32 << 20]);
        Client.Result made = Client.run("losetup", "--find", "--show", image.toString());
        assumeTrue(made.status() == 0, "needs root for a loop device");
        String device = made.out().strip();
        try (Weir weir = Weir.start(home, "-drive", "id=vm1,file=%s,backend.cache=%s".formatted(device, cache))) {
            String info = Client.run("nbdinfo", weir.uri("vm1")).ok().out();
            assertTrue(info.contains("block_size_minimum: 512"), info);
            FioLoad.verify(weir.uri("vm1"), "--bsrange=512-64k", "--size=16m");
            assertEquals(0, io(weir, "discard 20M 1M").status());
            Client.run("qemu-img", "convert", "-f", "raw", "-O", "raw", weir.uri("vm1"), copy.toString())
                    .ok();
            assertEquals(0, weir.stop());
            Client.run("qemu-img", "compare", "-f", "raw", "-F", "raw", copy.toString(), device)
                    .ok();
        } finally {
            Client.run("losetup", "--detach", device).ok();
        }
    }
}
