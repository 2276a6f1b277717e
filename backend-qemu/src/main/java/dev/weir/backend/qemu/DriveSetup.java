package dev.weir.backend.qemu;

import com.google.gson.JsonElement;
import com.google.gson.JsonObject;
import dev.weir.unit.Measure;
import java.io.IOException;
import org.jspecify.annotations.Nullable;

/**
 * The QMP commands by which a daemon opens the image of a drive (qcow2, raw and others) and serves it. Each later
 * daemon opens the files that the first one opened.
 *
 * <p>Thread-safe.
 */
final class DriveSetup implements DaemonKeeper.Setup {
    private static final long POLL_MILLIS = 5;

    private final QemuSpec spec;

    /** The wanted size (bytes); null accepts any. */
    private @Nullable Long size;

    /** The node; null before the first daemon. */
    private @Nullable JsonObject node;

    DriveSetup(QemuSpec spec) {
        this.spec = spec;
        this.size = spec.size();
    }

    /**
     * Opens the storage and exports it as {@value BlockNode#NAME} on the socket {@value Daemon#NBD}. Creates a missing
     * image for the first daemon. Grows a smaller one.
     *
     * @throws IOException if the storage cannot be served as the drive asks
     */
    @Override
    public synchronized void serve(QmpClient qmp) throws IOException {
        JsonObject opened = node;
        if (opened == null) {
            if (ImageCreation.isDue(spec)) {
                ImageCreation.create(spec, qmp);
            }
            opened = BlockNode.of(spec);
        }
        long actual = open(qmp, opened);
        node = opened;
        if (size != null && size > actual) {
            setSize(qmp, size);
        }
        qmp.execute("nbd-server-start", server());
        qmp.execute("block-export-add", export());
    }

    /**
     * Checks the storage without a lock and without a write.
     *
     * @throws IOException if the storage cannot be served as the drive asks
     */
    synchronized void check(QmpClient qmp) throws IOException {
        JsonObject shared = BlockNode.of(spec);
        shared.addProperty("read-only", true);
        shared.addProperty("force-share", true);
        open(qmp, shared);
    }

    /** Opens the storage and returns its size (bytes). */
    private long open(QmpClient qmp, JsonObject opened) throws IOException {
        spec.secrets().addTo(qmp);
        try {
            qmp.execute("blockdev-add", opened);
        } catch (QmpException e) {
            throw spec.refused(e.getMessage() + hint(String.valueOf(e.getMessage())));
        }
        Long wanted = size;
        long actual = size(qmp);
        if (wanted != null && wanted < actual && !spec.readOnly()) {
            throw new IOException("size = " + Measure.sizeText(wanted) + ": the image has " + Measure.sizeText(actual)
                    + "; must not be less, which would lose data; shrink the running drive with \"resize "
                    + spec.drive() + " " + Measure.sizeText(wanted) + " --shrink\", or leave size out");
        }
        if (wanted != null && wanted != actual && spec.readOnly()) {
            throw new IOException("size = " + Measure.sizeText(wanted) + ": the image has " + Measure.sizeText(actual)
                    + "; must be the same, or be left out");
        }
        return actual;
    }

    @Override
    public synchronized void resize(QmpClient qmp, long newSize) throws IOException {
        if (spec.readOnly()) {
            throw new IOException("size = " + Measure.sizeText(newSize) + ": the drive is read-only");
        }
        Long before = size;
        size = null; // a daemon that ends meanwhile leaves the image with either size
        endExport(qmp);
        try {
            setSize(qmp, newSize);
            size = newSize;
        } catch (QmpException e) {
            size = before;
            throw e;
        } finally {
            qmp.execute("block-export-add", export());
        }
    }

    private static void setSize(QmpClient qmp, long newSize) throws IOException {
        JsonObject arguments = new JsonObject();
        arguments.addProperty("node-name", BlockNode.NAME);
        arguments.addProperty("size", newSize);
        try {
            qmp.execute("block_resize", arguments);
        } catch (QmpException e) {
            throw new QmpException("size = " + Measure.sizeText(newSize) + ": " + e.getMessage());
        }
    }

    /**
     * Ends the export with its connections, because QEMU does not resize a node while it is exported. Waits for its end
     * as long as the daemon answers: {@link DaemonKeeper#resize} kills a daemon that takes too long.
     */
    private static void endExport(QmpClient qmp) throws IOException {
        JsonObject arguments = new JsonObject();
        arguments.addProperty("id", BlockNode.NAME);
        arguments.addProperty("mode", "hard");
        qmp.execute("block-export-del", arguments);
        while (qmp.execute("query-block-exports", new JsonObject())
                        .getAsJsonArray()
                        .size()
                > 0) {
            try {
                Thread.sleep(POLL_MILLIS);
            } catch (InterruptedException e) {
                Thread.currentThread().interrupt();
                throw new IOException("interrupted while the size is changed", e);
            }
        }
    }

    private static String hint(String message) {
        return message.startsWith("Unknown driver") ? "; the Debian package qemu-block-extra has more drivers" : "";
    }

    private static long size(QmpClient qmp) throws IOException {
        JsonObject flat = new JsonObject();
        flat.addProperty("flat", true);
        for (JsonElement each : qmp.execute("query-named-block-nodes", flat).getAsJsonArray()) {
            JsonObject found = each.getAsJsonObject();
            if (found.get("node-name").getAsString().equals(BlockNode.NAME)) {
                return found.getAsJsonObject("image").get("virtual-size").getAsLong();
            }
        }
        throw new IOException("qemu-storage-daemon does not list its node " + BlockNode.NAME);
    }

    private static JsonObject server() {
        JsonObject socket = new JsonObject();
        socket.addProperty("path", Daemon.NBD);
        JsonObject address = new JsonObject();
        address.addProperty("type", "unix");
        address.add("data", socket);
        JsonObject arguments = new JsonObject();
        arguments.add("addr", address);
        return arguments;
    }

    private JsonObject export() {
        JsonObject export = new JsonObject();
        export.addProperty("type", "nbd");
        export.addProperty("id", BlockNode.NAME);
        export.addProperty("node-name", BlockNode.NAME);
        export.addProperty("name", BlockNode.NAME);
        export.addProperty("writable", !spec.readOnly());
        export.addProperty("writethrough", spec.cache().writethrough());
        return export;
    }
}
