package dev.weir.junit;

import dev.weir.backend.file.FileBackendFactory;
import dev.weir.backend.memory.MemoryBackendFactory;
import dev.weir.drive.Drive;
import dev.weir.drive.control.DriveControl;
import dev.weir.drive.settings.DriveSettings;
import dev.weir.engine.EmbeddedEngine;
import dev.weir.nbd.EmbeddedExport;
import dev.weir.throttle.bucket.BucketPolicyFactory;
import dev.weir.throttle.slice.SlicePolicyFactory;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/**
 * A drive that is served, and all that it takes.
 *
 * @param folder where its socket is, or null if it is served over TCP
 */
record Served(EmbeddedEngine engine, EmbeddedExport export, @Nullable Path folder, Drive drive, DriveControl control) {

    static Served start(DriveSettings settings, boolean tcp) throws IOException {
        EmbeddedEngine engine = new EmbeddedEngine();
        try {
            engine.add(new MemoryBackendFactory());
            engine.add(new FileBackendFactory());
            engine.add(new BucketPolicyFactory());
            engine.add(new SlicePolicyFactory());
            engine.configure(settings);
            DriveControl control = Objects.requireNonNull(engine.control(settings.name()));
            Drive drive = engine.drive(settings.name());
            String reason = control.snapshot().reason();
            if (drive == null || !reason.isEmpty()) {
                throw new IOException(reason);
            }
            // the path of a Unix socket has room for about a hundred bytes, so it is not below the test's own folder
            Path folder = tcp ? null : Files.createTempDirectory("weir");
            EmbeddedExport export =
                    new EmbeddedExport(folder == null ? "tcp:127.0.0.1:0" : "unix:" + folder.resolve("nbd"));
            export.add(drive);
            return new Served(engine, export, folder, drive, control);
        } catch (IOException | RuntimeException e) {
            engine.close();
            throw e;
        }
    }

    String uri() {
        return export.uri(drive.name());
    }

    void close() {
        export.close();
        engine.close();
        if (folder != null && !folder.toFile().delete()) {
            folder.toFile().deleteOnExit();
        }
    }
}
