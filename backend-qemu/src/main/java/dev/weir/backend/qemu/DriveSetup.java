package dev.weir.backend.qemu;

import com.google.gson.JsonElement;
import com.google.gson.JsonObject;
import java.io.IOException;
import org.jspecify.annotations.Nullable;

/**
 * The QMP commands that make a daemon serve a drive. Each later daemon opens the files that the first one opened.
 *
 * <p>Not thread-safe.
 */
final class DriveSetup {
    private final QemuSpec spec;

    /** The node; null before the first daemon. */
    private @Nullable JsonObject node;

    DriveSetup(QemuSpec spec) {
        this.spec = spec;
    }

    /**
     * Opens the storage and exports it as {@value BlockNode#NAME} on the socket {@value Daemon#NBD}. Creates a missing
     * image for the first daemon.
     *
     * @throws IOException if the storage cannot be served as the drive asks
     */
    void serve(QmpClient qmp) throws IOException {
        JsonObject opened = node;
        if (opened == null) {
            if (ImageCreation.isDue(spec)) {
                ImageCreation.create(spec, qmp);
            }
            opened = BlockNode.of(spec);
        }
        open(qmp, opened);
        node = opened;
        qmp.execute("nbd-server-start", server());
        qmp.execute("block-export-add", export());
    }

    /**
     * Checks the storage without a lock and without a write.
     *
     * @throws IOException if the storage cannot be served as the drive asks
     */
    void check(QmpClient qmp) throws IOException {
        JsonObject shared = BlockNode.of(spec);
        shared.addProperty("read-only", true);
        shared.addProperty("force-share", true);
        open(qmp, shared);
    }

    private void open(QmpClient qmp, JsonObject opened) throws IOException {
        spec.secrets().addTo(qmp);
        try {
            qmp.execute("blockdev-add", opened);
        } catch (QmpException e) {
            throw spec.refused(e.getMessage() + hint(String.valueOf(e.getMessage())));
        }
        Long size = spec.size();
        long actual = size(qmp);
        if (size != null && size != actual) {
            throw new IOException(
                    "size = " + size + ": the image has " + actual + " bytes; must be the same, or be left out");
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
