package dev.weir.it;

import static org.junit.jupiter.api.Assumptions.assumeTrue;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.stream.Stream;

/** The drivers of QEMU that Debian has in the package {@code qemu-block-extra}. */
final class QemuDrivers {
    private QemuDrivers() {}

    /** Skips the test without QEMU's daemon or a driver. */
    static void need(String driver) throws IOException {
        Client.need("qemu-storage-daemon", "qemu-img", "setpriv");
        try (Stream<Path> files =
                Files.find(Path.of("/usr/lib"), 3, (file, is) -> file.endsWith("qemu/block-" + driver + ".so"))) {
            assumeTrue(files.findFirst().isPresent(), "needs QEMU's driver for " + driver + " (qemu-block-extra)");
        }
    }
}
