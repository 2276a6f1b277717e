package dev.weir.backend.qemu;

import com.google.gson.JsonElement;
import com.google.gson.JsonObject;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.InvalidPathException;
import java.nio.file.Path;
import java.util.Base64;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/**
 * Passwords and keys for the drivers of QEMU, each in a separate file. A member of the blockdev such as {@code
 * password-secret} names a secret. The secret itself is in no configuration, command line, log or listing.
 *
 * @param files file of each secret by name
 * @param keys names of the secrets that are keys of Ceph, in base64 as Ceph prints them
 */
record Secrets(Map<String, Path> files, Set<String> keys) {
    static final String OPTION = "secrets";

    private static final Pattern NAME = Pattern.compile("[A-Za-z][A-Za-z0-9_-]{0,63}");
    private static final Pattern PASSWORD_IN_URL = Pattern.compile("://[^/@]*:[^/@]*@");
    private static final String SUFFIX = "-secret";

    /** No secret. */
    static final Secrets NONE = new Secrets(Map.of(), Set.of());

    /**
     * Returns the secrets of a blockdev.
     *
     * @param option the value of {@code secrets}: the path of a file by name
     * @throws IOException if a secret is in the blockdev itself, is missing or is not used
     */
    static Secrets of(JsonObject option, JsonObject blockdev) throws IOException {
        Map<String, Path> files = new TreeMap<>();
        for (Map.Entry<String, JsonElement> each : option.entrySet()) {
            files.put(name(each.getKey()), path(each.getKey(), each.getValue()));
        }
        Uses uses = new Uses(files.keySet());
        uses.find("blockdev", blockdev);
        for (String name : files.keySet()) {
            if (!uses.used.contains(name)) {
                throw new IOException(
                        "%s.%s: no member of blockdev such as password-secret names it".formatted(OPTION, name));
            }
        }
        return new Secrets(files, uses.keys);
    }

    private static String name(String name) throws IOException {
        if (!NAME.matcher(name).matches()) {
            throw new IOException(
                    "%s.%s: a name is a letter and then up to 63 letters, digits, '_' or '-'".formatted(OPTION, name));
        }
        return name;
    }

    private static Path path(String name, JsonElement value) throws IOException {
        try {
            Path path = value.isJsonPrimitive() ? Path.of(value.getAsString()) : null;
            if (path != null && path.isAbsolute()) {
                return path;
            }
        } catch (InvalidPathException e) {
            throw new IOException("%s.%s: is not a path: %s".formatted(OPTION, name, e.getReason()), e);
        }
        throw new IOException(
                "%s.%s = %s: must be the absolute path of the file with the secret".formatted(OPTION, name, value));
    }

    /** The uses of secrets in a blockdev. Not thread-safe. */
    private static final class Uses {
        private final Set<String> known;
        private final Set<String> used = new TreeSet<>();
        private final Set<String> keys = new TreeSet<>();

        Uses(Set<String> known) {
            this.known = known;
        }

        /** Collects the uses in an object and below. Refuses secrets in plain text without showing them. */
        void find(String where, JsonObject object) throws IOException {
            boolean isCeph = "rbd".equals(text(object.get("driver")));
            for (Map.Entry<String, JsonElement> each : object.entrySet()) {
                String member = where + "." + each.getKey();
                String text = text(each.getValue());
                if (each.getKey().endsWith(SUFFIX)) {
                    use(member, text);
                    keys.addAll(isCeph ? Set.of(text) : Set.of());
                } else if (each.getKey().equals("cookie")) {
                    throw new IOException(member + ": is a secret; use cookie-secret and " + OPTION);
                } else if (PASSWORD_IN_URL.matcher(text).find()) {
                    throw new IOException(member + ": has a password in a URL; use password-secret and " + OPTION);
                }
                findBelow(member, each.getValue());
            }
        }

        private void use(String member, String name) throws IOException {
            if (!known.contains(name)) {
                throw new IOException("%s = %s: must be the name of a file in %s".formatted(member, name, OPTION));
            }
            used.add(name);
        }

        private void findBelow(String where, JsonElement value) throws IOException {
            if (value.isJsonObject()) {
                find(where, value.getAsJsonObject());
            } else if (value.isJsonArray()) {
                for (JsonElement each : value.getAsJsonArray()) {
                    findBelow(where, each);
                }
            }
        }
    }

    private static String text(@Nullable JsonElement value) {
        return value != null && value.isJsonPrimitive() ? value.getAsString() : "";
    }

    /**
     * Gives the secrets to a daemon over its private QMP connection. Reads the files again, so that a changed password
     * is used by the next daemon.
     *
     * @throws IOException if a file cannot be used
     */
    void addTo(QmpClient qmp) throws IOException {
        for (Map.Entry<String, Path> each : files.entrySet()) {
            byte[] secret = SecretFile.read(OPTION + "." + each.getKey(), each.getValue());
            JsonObject object = new JsonObject();
            object.addProperty("qom-type", "secret");
            object.addProperty("id", each.getKey());
            object.addProperty("format", "base64");
            object.addProperty(
                    "data",
                    keys.contains(each.getKey())
                            ? new String(secret, StandardCharsets.ISO_8859_1).strip()
                            : Base64.getEncoder().encodeToString(secret));
            qmp.executeSecretly("object-add", object);
        }
    }
}
