package dev.weir.backend.qemu;

import dev.weir.block.BlockDevice;
import dev.weir.block.BlockDeviceFactory;
import dev.weir.block.BlockOption;
import dev.weir.clock.Clock;
import java.io.IOException;
import java.net.URLEncoder;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import org.osgi.framework.BundleContext;
import org.osgi.service.component.annotations.Activate;
import org.osgi.service.component.annotations.Component;
import org.osgi.service.component.annotations.Reference;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Opens drives in the formats and protocols of QEMU. Opens their NBD devices through the factory of the type {@code
 * nbd} and is registered while there is one. Thread-safe.
 */
@Component(property = "weir.backend.type=qemu", immediate = true)
public final class QemuDeviceFactory implements BlockDeviceFactory {
    private static final Logger LOG = LoggerFactory.getLogger(QemuDeviceFactory.class);

    private final BlockDeviceFactory nbd;
    private final RunFolders folders;
    private final Programs programs;

    @Activate
    public QemuDeviceFactory(
            @Reference(target = "(weir.backend.type=nbd)") BlockDeviceFactory nbd, BundleContext context)
            throws IOException {
        this(nbd, folders(context.getProperty("weir.home")), Programs.ofEnvironment());
    }

    QemuDeviceFactory(BlockDeviceFactory nbd, RunFolders folders, Programs programs) throws IOException {
        this.nbd = nbd;
        this.folders = folders;
        this.programs = programs;
        folders.clear();
    }

    private static RunFolders folders(@Nullable String home) {
        return new RunFolders(home == null ? null : Path.of(home, "run", "qemu"));
    }

    @Override
    public String type() {
        return "qemu";
    }

    @Override
    public List<BlockOption> options() {
        return QemuSpec.OPTIONS;
    }

    @Override
    public boolean returnsAtOnce() {
        return true;
    }

    @Override
    public BlockDevice open(String drive, Map<String, Object> options, boolean readOnly, Clock clock)
            throws IOException {
        QemuSpec spec = QemuSpec.of(drive, options, readOnly);
        DriveSetup setup = new DriveSetup(spec);
        Path folder = folders.create();
        DaemonKeeper keeper = new DaemonKeeper(drive, folder, programs, setup, clock);
        try {
            keeper.start();
            return new QemuDevice(nbd.open(drive, nbdOptions(spec, folder), readOnly, clock), keeper, folders, folder);
        } catch (IOException | RuntimeException e) {
            keeper.close();
            folders.delete(folder);
            throw e;
        }
    }

    private static Map<String, Object> nbdOptions(QemuSpec spec, Path folder) {
        Map<String, Object> options = new HashMap<>();
        options.put("uri", uri(folder));
        if (spec.timeoutNanos() != null) {
            options.put("timeout", spec.timeoutNanos());
        }
        return options;
    }

    private static String uri(Path folder) {
        String socket = URLEncoder.encode(folder.resolve(Daemon.NBD).toString(), StandardCharsets.UTF_8)
                .replace("+", "%20");
        return "nbd+unix:///" + BlockNode.NAME + "?socket=" + socket;
    }

    @Override
    public void check(String drive, Map<String, Object> options, boolean readOnly) throws IOException {
        QemuSpec spec = QemuSpec.of(drive, options, readOnly);
        List<String> command = programs.daemon();
        if (ImageCreation.isDue(spec)) {
            ImageCreation.check(spec);
            return;
        }
        Path folder = folders.create();
        try (Daemon daemon =
                Daemon.start(command, folder, "weir-qemu-check", line -> LOG.debug("drive {}: {}", drive, line))) {
            new DriveSetup(spec).check(daemon.qmp());
        } finally {
            folders.delete(folder);
        }
    }
}
