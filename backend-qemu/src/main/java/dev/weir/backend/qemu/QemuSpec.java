package dev.weir.backend.qemu;

import com.google.gson.JsonElement;
import com.google.gson.JsonObject;
import com.google.gson.JsonParseException;
import com.google.gson.JsonParser;
import dev.weir.block.BlockOption;
import dev.weir.block.BlockOption.Kind;
import java.io.IOException;
import java.nio.file.InvalidPathException;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import org.jspecify.annotations.Nullable;

/**
 * The storage that a drive's options describe. Exactly one of {@code path} and {@code blockdev} is set.
 *
 * @param drive name of the drive
 * @param path absolute path of an image file or block device
 * @param blockdev block device in the terms of QEMU's {@code blockdev-add}
 * @param secrets passwords and keys that the block device names
 * @param format QEMU's name of the image format; null if the image shows it
 * @param size required virtual size in bytes; null accepts any size
 * @param create whether a missing image is created
 * @param cache cache mode
 * @param timeoutNanos how long requests wait while no daemon serves (ns); 0 for ever; null for the default
 * @param readOnly whether the drive is read-only
 */
record QemuSpec(
        String drive,
        @Nullable Path path,
        @Nullable JsonObject blockdev,
        Secrets secrets,
        @Nullable String format,
        @Nullable Long size,
        boolean create,
        Cache cache,
        @Nullable Long timeoutNanos,
        boolean readOnly) {

    /** Formats of QEMU that need no secret. */
    private static final Set<String> FORMATS = new TreeSet<>(
            Set.of("raw", "qcow2", "qcow", "qed", "vmdk", "vdi", "vhdx", "vpc", "parallels", "dmg", "bochs", "cloop"));

    /** Members of a blockdev that follow from other options of the drive. */
    private static final Map<String, String> OWN = Map.of(
            "node-name", "leave it out",
            "read-only", "use read-only of the drive",
            "auto-read-only", "use read-only of the drive",
            "force-share", "leave it out",
            "cache", "use cache of the backend");

    static final List<BlockOption> OPTIONS = List.of(
            new BlockOption("path", Kind.PATH, false, "image file or block device"),
            new BlockOption("blockdev", Kind.OBJECT, false, "block device in the terms of QEMU's blockdev-add"),
            new BlockOption(Secrets.OPTION, Kind.OBJECT, false, "file of each secret that the blockdev names"),
            new BlockOption("format", Kind.TEXT, false, "format of the image, for example qcow2"),
            new BlockOption(BlockOption.SIZE, Kind.BYTES, false, "virtual size; a smaller image grows to it"),
            new BlockOption("create", Kind.FLAG, false, "create a missing qcow2 image of that size"),
            new BlockOption("cache", Kind.TEXT, false, "cache mode: " + Cache.names()),
            new BlockOption("timeout", Kind.DURATION, false, "how long requests wait for a daemon; 0 for ever"));

    static QemuSpec of(String drive, Map<String, Object> options, boolean readOnly) throws IOException {
        Path path = options.get("path") instanceof String name ? path(name) : null;
        JsonObject blockdev = options.get("blockdev") instanceof String text ? blockdev(text) : null;
        Secrets secrets = secrets(options, blockdev);
        if ((path == null) == (blockdev == null)) {
            throw new IOException(
                    path == null
                            ? "path is missing: a qemu drive requires path or blockdev"
                            : "blockdev: cannot be combined with path");
        }
        Object format = options.get("format");
        if (format != null && !FORMATS.contains(format)) {
            throw new IOException("format = " + format + ": must be one of " + String.join(", ", FORMATS));
        }
        Object cacheName = options.getOrDefault("cache", Cache.WRITEBACK.toString());
        Cache cache = Cache.of(cacheName.toString());
        if (cache == null) {
            throw new IOException("cache = " + cacheName + ": must be one of " + Cache.names());
        }
        Long size = (Long) options.get("size");
        if (size != null && size <= 0) {
            throw new IOException("size = " + size + ": must be 1 byte or more");
        }
        boolean create = Boolean.TRUE.equals(options.get("create"));
        if (create) {
            checkCreate(path, format, size);
        }
        return new QemuSpec(
                drive,
                path,
                blockdev,
                secrets,
                (String) format,
                size,
                create,
                cache,
                (Long) options.get("timeout"),
                readOnly);
    }

    private static void checkCreate(@Nullable Path path, @Nullable Object format, @Nullable Long size)
            throws IOException {
        if (path == null) {
            throw new IOException("create = true: requires a path; a blockdev must exist");
        }
        if (size == null) {
            throw new IOException("create = true: requires a size");
        }
        if (format != null && !format.equals("qcow2")) {
            throw new IOException("create = true: creates qcow2 images only; format = " + format
                    + (format.equals("raw") ? " is created by the backend file" : " must exist"));
        }
    }

    private static Path path(String name) throws IOException {
        try {
            return Path.of(name).toAbsolutePath();
        } catch (InvalidPathException e) {
            throw new IOException("path = " + name + ": is not a path: " + e.getReason(), e);
        }
    }

    private static Secrets secrets(Map<String, Object> options, @Nullable JsonObject blockdev) throws IOException {
        JsonObject files = options.get(Secrets.OPTION) instanceof String text
                ? object(Secrets.OPTION, text, "{ name = file, … }")
                : new JsonObject();
        if (blockdev != null) {
            return Secrets.of(files, blockdev);
        }
        if (!files.isEmpty()) {
            throw new IOException(Secrets.OPTION + ": requires a blockdev that names them");
        }
        return Secrets.NONE;
    }

    private static JsonObject object(String option, String text, String form) throws IOException {
        JsonElement parsed;
        try {
            parsed = JsonParser.parseString(text);
        } catch (JsonParseException e) {
            throw new IOException(option + " = " + text + ": is not JSON: " + e.getMessage(), e);
        }
        if (!parsed.isJsonObject()) {
            throw new IOException(option + " = " + text + ": must be a block " + form);
        }
        return parsed.getAsJsonObject();
    }

    private static JsonObject blockdev(String text) throws IOException {
        JsonObject blockdev = object("blockdev", text, "{ driver = …, … }");
        if (!blockdev.has("driver")) {
            throw new IOException("blockdev.driver: must be set, for example to rbd");
        }
        for (String member : new TreeSet<>(OWN.keySet())) {
            if (blockdev.has(member)) {
                throw new IOException("blockdev." + member + ": is set by Weir; " + OWN.get(member));
            }
        }
        return blockdev;
    }

    /** Returns whether a missing image is created. */
    boolean mayCreate() {
        return create && !readOnly;
    }

    /** Returns an error that names the storage and the reason. */
    IOException refused(String reason) {
        String name = path == null ? "blockdev" : "path = " + path;
        return new IOException(name + ": " + reason);
    }
}
