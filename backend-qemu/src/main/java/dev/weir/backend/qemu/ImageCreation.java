package dev.weir.backend.qemu;

import com.google.gson.JsonElement;
import com.google.gson.JsonObject;
import java.io.IOException;
import java.nio.channels.FileChannel;
import java.nio.file.FileSystemException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.StandardOpenOption;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.Objects;

/**
 * Creates a missing image. The image appears at its path when it is complete. It is for its user only (0600).
 */
final class ImageCreation {
    /** Format of a new image. */
    static final String FORMAT = "qcow2";

    private static final String NODE = "new";
    private static final String JOB = "create";
    private static final long POLL_MILLIS = 5;

    private ImageCreation() {}

    /** Returns whether the image of a drive is missing and may be created. */
    static boolean isDue(QemuSpec spec) {
        return spec.mayCreate() && !Files.exists(path(spec));
    }

    private static Path path(QemuSpec spec) {
        return Objects.requireNonNull(spec.path()); // only a path can be created
    }

    /**
     * Checks the folder of a missing image.
     *
     * @throws IOException if the image cannot be created in it
     */
    static void check(QemuSpec spec) throws IOException {
        Path folder = path(spec).getParent();
        if (folder != null && !Files.isWritable(folder)) {
            throw spec.refused(Files.exists(folder) ? "no permission to create" : "its folder is missing");
        }
    }

    /**
     * Creates the image of a drive.
     *
     * @param qmp monitor of any daemon
     * @throws IOException if it cannot be created
     */
    static void create(QemuSpec spec, QmpClient qmp) throws IOException {
        check(spec);
        Path path = path(spec);
        Path part = path.resolveSibling("." + path.getFileName() + ".part");
        try {
            Files.deleteIfExists(part); // of a creation that was interrupted
            Files.createFile(part, PosixFilePermissions.asFileAttribute(PosixFilePermissions.fromString("rw-------")));
            format(part, Objects.requireNonNull(spec.size()), qmp);
            sync(part, StandardOpenOption.WRITE);
            Files.move(part, path, StandardCopyOption.ATOMIC_MOVE);
            sync(Objects.requireNonNull(path.getParent()), StandardOpenOption.READ);
        } catch (FileSystemException e) {
            throw spec.refused("cannot be created: " + e.getMessage());
        } catch (QmpException e) {
            throw spec.refused("cannot be created with size = " + spec.size() + ": " + e.getMessage());
        } finally {
            Files.deleteIfExists(part);
        }
    }

    private static void format(Path part, long size, QmpClient qmp) throws IOException {
        JsonObject file = new JsonObject();
        file.addProperty("driver", "file");
        file.addProperty("node-name", NODE);
        file.addProperty("filename", part.toString());
        qmp.execute("blockdev-add", file);

        JsonObject image = new JsonObject();
        image.addProperty("driver", FORMAT);
        image.addProperty("file", NODE);
        image.addProperty("size", size);
        JsonObject job = new JsonObject();
        job.addProperty("job-id", JOB);
        job.add("options", image);
        qmp.execute("blockdev-create", job);
        awaitJob(qmp);
        qmp.execute("blockdev-del", member("node-name", NODE));
    }

    private static void awaitJob(QmpClient qmp) throws IOException {
        while (true) {
            for (JsonElement each : qmp.execute("query-jobs", new JsonObject()).getAsJsonArray()) {
                JsonObject job = each.getAsJsonObject();
                if (job.get("status").getAsString().equals("concluded")) {
                    qmp.execute("job-dismiss", member("id", JOB));
                    if (job.has("error")) {
                        throw new QmpException(job.get("error").getAsString());
                    }
                    return;
                }
            }
            try {
                Thread.sleep(POLL_MILLIS);
            } catch (InterruptedException e) {
                Thread.currentThread().interrupt();
                throw new IOException("interrupted while an image is created", e);
            }
        }
    }

    private static JsonObject member(String name, String value) {
        JsonObject object = new JsonObject();
        object.addProperty(name, value);
        return object;
    }

    private static void sync(Path path, StandardOpenOption how) throws IOException {
        try (FileChannel channel = FileChannel.open(path, how)) {
            channel.force(true);
        }
    }
}
