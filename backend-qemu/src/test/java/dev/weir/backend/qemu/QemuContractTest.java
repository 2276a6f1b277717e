package dev.weir.backend.qemu;

import dev.weir.backend.nbd.NbdDeviceFactory;
import dev.weir.block.BlockDevice;
import dev.weir.testkit.block.BlockDeviceContract;
import dev.weir.testkit.clock.ManualClock;
import java.io.IOException;
import java.nio.file.Path;
import java.util.Map;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.io.TempDir;

/** The contract of devices, with qcow2 images. Skipped without QEMU. */
class QemuContractTest extends BlockDeviceContract {
    private static final NbdDeviceFactory NBD = new NbdDeviceFactory();
    private static final int SECTOR = 512;

    private final Path folder;
    private final QemuDeviceFactory factory;
    private int images;

    QemuContractTest(@TempDir Path folder) throws IOException {
        this.folder = folder;
        factory = new QemuDeviceFactory(NBD, new RunFolders(folder.resolve("run")), Programs.ofEnvironment());
    }

    @BeforeAll
    static void assumeQemu() {
        Images.assumeQemu();
    }

    @AfterAll
    static void close() {
        NBD.close();
    }

    /** QEMU counts in sectors. */
    @Override
    protected long sizeOf(long asked) {
        return (asked + SECTOR - 1) / SECTOR * SECTOR;
    }

    @Override
    protected BlockDevice openDevice(long size) throws IOException {
        images++;
        String path = folder.resolve("vm%d.qcow2".formatted(images)).toString();
        return factory.open(
                "vm1", Map.of("path", path, "size", sizeOf(size), "create", true), false, ManualClock.seeded(images));
    }
}
