package dev.weir.junit;

import dev.weir.drive.Drive;
import dev.weir.drive.control.DriveControl;
import dev.weir.drive.control.DriveSnapshot;
import dev.weir.drive.settings.DriveSettings;
import dev.weir.engine.EmbeddedEngine;
import dev.weir.fault.PowerCut;
import dev.weir.fault.PowerCutReport;
import dev.weir.nbd.EmbeddedExport;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Objects;
import java.util.concurrent.CompletionException;
import java.util.concurrent.CompletionStage;
import org.jspecify.annotations.Nullable;

/**
 * A served drive with its engine and its NBD server.
 *
 * @param lease the use of the engine
 * @param export the server
 * @param folder folder of the Unix socket; null over TCP
 */
record Served(EngineLease lease, EmbeddedExport export, @Nullable Path folder, DriveControl control) {

    /**
     * Opens and serves a drive. Releases everything if it fails.
     *
     * @param lease the use of the engine, ended by a failure or by {@link #close()}
     */
    static Served start(EngineLease lease, DriveSettings settings, boolean tcp) throws IOException {
        Path folder = null;
        try {
            EmbeddedEngine engine = lease.engine();
            engine.configure(settings);
            DriveControl control = Objects.requireNonNull(engine.control(settings.name()));
            Drive drive = opened(engine, control);
            // the path of a Unix socket is limited to about 100 bytes, so the socket is not below the test's folder
            folder = tcp ? null : Files.createTempDirectory("weir");
            EmbeddedExport export =
                    new EmbeddedExport(folder == null ? "tcp:127.0.0.1:0" : "unix:" + folder.resolve("nbd"));
            export.add(drive);
            return new Served(lease, export, folder, control);
        } catch (IOException | RuntimeException e) {
            end(lease, settings.name(), folder);
            throw e;
        }
    }

    private static Drive opened(EmbeddedEngine engine, DriveControl control) throws IOException {
        Drive drive = engine.drive(control.name());
        DriveSnapshot snapshot = control.snapshot();
        if (drive == null || snapshot.state() != DriveSnapshot.State.SERVING) {
            throw new IOException(snapshot.reason());
        }
        return drive;
    }

    private static void end(EngineLease lease, String drive, @Nullable Path folder) {
        lease.engine().remove(drive);
        lease.end().run();
        if (folder != null && !folder.toFile().delete()) {
            folder.toFile().deleteOnExit();
        }
    }

    String uri() {
        return export.uri(control.name());
    }

    /** Returns the drive: another one after each power cut. */
    Drive drive() {
        Drive drive = lease.engine().drive(control.name());
        if (drive == null) {
            throw new IllegalStateException(
                    "the drive is not open: " + control.snapshot().reason());
        }
        return drive;
    }

    /** Cuts the power and returns when the drive is served again. */
    PowerCutReport powerCut(PowerCut how) throws IOException {
        Drive before = drive();
        CompletionStage<PowerCutReport> report = control.faults().cutPower(how);
        export.remove(before);
        try {
            return join(report);
        } finally {
            export.add(drive());
        }
    }

    /** Waits for the result of a change. */
    static <T extends @Nullable Object> T join(CompletionStage<T> change) throws IOException {
        try {
            return change.toCompletableFuture().join();
        } catch (CompletionException e) {
            if (e.getCause() instanceof IOException failure) {
                throw failure;
            }
            throw e;
        }
    }

    void close() {
        export.close();
        end(lease, control.name(), folder);
    }
}
