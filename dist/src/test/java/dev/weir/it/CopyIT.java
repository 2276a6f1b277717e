package dev.weir.it;

import static org.junit.jupiter.api.Assertions.assertEquals;

import dev.weir.testkit.host.Ports;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Random;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Copying programs read back exactly the data that they wrote to a drive. */
class CopyIT {
    private static final int BYTES = 64 << 20;

    @TempDir
    private static Path folder;

    private static Weir weir;
    private static int port;

    @BeforeAll
    static void start() throws IOException {
        port = Ports.free();
        weir = Weir.start(
                folder.resolve("home"),
                "-drive",
                "id=memory,memory=64M",
                "-drive",
                "id=file,file=%s,size=64M".formatted(folder.resolve("file.img")),
                "--listen",
                "unix:" + folder.resolve("home/run/nbd.sock"),
                "--listen",
                "tcp:127.0.0.1:" + port);
    }

    @AfterAll
    static void stop() {
        if (weir != null) {
            weir.close();
        }
    }

    /** Makes a file with unique content, so that no data of an earlier test matches. */
    private static Path data(String name) throws IOException {
        byte[] random = new byte[BYTES];
        new Random().nextBytes(random);
        return Files.write(folder.resolve(name), random);
    }

    @ParameterizedTest
    @ValueSource(strings = {"memory", "file"})
    void qemuImg(String drive) throws IOException {
        Client.need("qemu-img");
        Path data = data("qemu-img-" + drive);
        Path copy = folder.resolve("copy-qemu-img-" + drive);
        Client.run("qemu-img", "convert", "-n", "-f", "raw", "-O", "raw", data.toString(), weir.uri(drive))
                .ok();
        Client.run("qemu-img", "convert", "-f", "raw", "-O", "raw", weir.uri(drive), copy.toString())
                .ok();
        assertEquals(-1, Files.mismatch(data, copy));
    }

    @ParameterizedTest
    @ValueSource(strings = {"memory", "file"})
    void nbdcopy(String drive) throws IOException {
        Client.need("nbdcopy");
        Path data = data("nbdcopy-" + drive);
        Path copy = folder.resolve("copy-nbdcopy-" + drive);
        Client.run("nbdcopy", data.toString(), weir.uri(drive)).ok();
        Client.run("nbdcopy", "nbd://127.0.0.1:%d/%s".formatted(port, drive), copy.toString())
                .ok();
        assertEquals(-1, Files.mismatch(data, copy));
    }
}
