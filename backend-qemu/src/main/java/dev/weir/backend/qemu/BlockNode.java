package dev.weir.backend.qemu;

import com.google.gson.JsonObject;
import dev.weir.block.ImageFormat;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.attribute.BasicFileAttributes;
import java.util.Objects;

/**
 * The arguments of QEMU's {@code blockdev-add} for the storage of a drive. See {@code
 * docs/design/decisions/031-qemu-storage-daemon.md}.
 */
final class BlockNode {
    /** Name of the node and of its NBD export. */
    static final String NAME = "weir";

    private BlockNode() {}

    /**
     * Returns the arguments.
     *
     * @throws IOException if the image is missing, is no file, or its format must be named
     */
    static JsonObject of(QemuSpec spec) throws IOException {
        JsonObject node = storage(spec);
        node.addProperty("node-name", NAME);
        node.addProperty("read-only", spec.readOnly());
        if (!node.has("discard")) {
            node.addProperty("discard", "unmap");
        }
        JsonObject cache = new JsonObject();
        cache.addProperty("direct", spec.cache().direct());
        node.add("cache", cache);
        return node;
    }

    private static JsonObject storage(QemuSpec spec) throws IOException {
        JsonObject blockdev = spec.blockdev();
        Path path = spec.path();
        if (path != null) {
            BasicFileAttributes attributes = attributes(spec, path);
            return formatted(format(spec, path), file(path, attributes));
        }
        JsonObject copy = Objects.requireNonNull(blockdev).deepCopy();
        return spec.format() == null ? copy : formatted(spec.format(), copy);
    }

    private static JsonObject formatted(String format, JsonObject file) {
        JsonObject node = new JsonObject();
        node.addProperty("driver", format);
        node.add("file", file);
        return node;
    }

    private static JsonObject file(Path path, BasicFileAttributes attributes) {
        JsonObject file = new JsonObject();
        file.addProperty("driver", attributes.isOther() ? "host_device" : "file");
        file.addProperty("filename", path.toString());
        return file;
    }

    private static BasicFileAttributes attributes(QemuSpec spec, Path path) throws IOException {
        try {
            BasicFileAttributes attributes = Files.readAttributes(path, BasicFileAttributes.class);
            if (attributes.isDirectory()) {
                throw spec.refused("is a directory; must be an image or a block device");
            }
            return attributes;
        } catch (NoSuchFileException e) {
            throw spec.refused("is missing"
                    + (spec.readOnly() && spec.create()
                            ? "; a read-only drive does not create it"
                            : "; set create = true and a size to create it"));
        }
    }

    /**
     * Returns the format that the drive names, else the one that the image shows. A guest of a raw disk may have
     * written a header that names a file of the host. Only an image that names no other file is trusted.
     */
    private static String format(QemuSpec spec, Path path) throws IOException {
        String named = spec.format();
        if (named != null || spec.create()) {
            return named != null ? named : ImageCreation.FORMAT;
        }
        ImageFormat shown = ImageFormat.of(path);
        if (shown == null) {
            throw spec.refused("shows no known format; set format, or use the backend file for a raw image");
        }
        if (shown.mayNameOtherFiles()) {
            throw spec.refused(
                    "is a %1$s image that may name other files of this host; set format = %1$s if it is yours"
                            .formatted(shown.name()));
        }
        return shown.name();
    }
}
