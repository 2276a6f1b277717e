package dev.weir.config.saved;

import static java.nio.charset.StandardCharsets.UTF_8;

import com.typesafe.config.ConfigException;
import com.typesafe.config.ConfigObject;
import dev.weir.file.FileReplacement;
import dev.weir.file.FileStamp;
import dev.weir.file.TrustedFile;
import dev.weir.log.FailureText;
import java.io.IOException;
import java.io.InputStream;
import java.nio.file.DirectoryIteratorException;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.NotDirectoryException;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.attribute.FileAttribute;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.Comparator;
import java.util.HashMap;
import java.util.Map;
import java.util.Objects;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/**
 * The folder {@code weir.d} in the home with a file for each definition. A file is written beside its place, forced to
 * the disk and renamed. So a crash leaves the old or the new file (see {@code
 * docs/design/decisions/053-definitions-by-commands.md}). Unchanged files are parsed once.
 *
 * <p>Confined to the configuration thread.
 */
public final class SavedFolder {
    /** Largest size of a file (bytes). */
    public static final int MAX_BYTES = 1 << 20;

    /** Place of the folder for messages. */
    public static final String PLACE = "weir.d";

    private static final String ENDING = ".conf";

    /** Prefix and ending of an unfinished file. The folder's reader skips it. */
    private static final String UNFINISHED_PREFIX = ".";

    private static final String UNFINISHED_ENDING = ".new";

    private static final FileAttribute<?> OWNERS_FOLDER =
            PosixFilePermissions.asFileAttribute(PosixFilePermissions.fromString("rwx------"));

    private final Path folder;
    private Map<String, Stamped> read = Map.of();

    /** Creates the folder of a home. Nothing is written before the first definition. */
    public SavedFolder(Path home) {
        folder = home.resolve(PLACE);
    }

    /**
     * A parsed file.
     *
     * @param stamp state of the file at its reading; null if it could not be read
     */
    private record Stamped(@Nullable FileStamp stamp, SavedDefinition definition) {}

    /**
     * Content of the folder.
     *
     * @param definitions definitions by key, also those with a fault
     * @param faults faults of other files and of the folder by place
     */
    public record Content(Map<DefinitionKey, SavedDefinition> definitions, Map<String, String> faults) {}

    /** Returns the folder. */
    public Path path() {
        return folder;
    }

    /** Returns the place of a definition's file for messages. */
    public static String place(DefinitionKey key) {
        return PLACE + "/" + key.fileName();
    }

    /** Reads the files that are new or changed, and returns all definitions. */
    public Content read() {
        Map<DefinitionKey, SavedDefinition> definitions =
                new TreeMap<>(Comparator.comparing(DefinitionKey::kind).thenComparing(DefinitionKey::name));
        Map<String, String> faults = new TreeMap<>();
        Map<String, Stamped> now = new HashMap<>();
        try (DirectoryStream<Path> files = Files.newDirectoryStream(folder, "*" + ENDING)) {
            for (Path file : files) {
                String name = String.valueOf(file.getFileName());
                DefinitionKey key = DefinitionKey.ofFile(name);
                if (key != null) {
                    Stamped stamped = read(file, place(key), read.get(name));
                    now.put(name, stamped);
                    definitions.put(key, stamped.definition);
                } else if (!name.startsWith(UNFINISHED_PREFIX)) {
                    faults.put(PLACE + "/" + name, "must be named drive-NAME.conf or group-NAME.conf");
                }
            }
        } catch (NoSuchFileException e) {
            // no command has defined a drive yet
        } catch (NotDirectoryException e) {
            faults.put(PLACE, "must be a folder");
        } catch (IOException | DirectoryIteratorException e) {
            faults.put(PLACE, "cannot be read: " + FailureText.of(e));
        }
        read = now;
        return new Content(definitions, faults);
    }

    private static Stamped read(Path file, String place, @Nullable Stamped before) {
        FileStamp stamp = null;
        try {
            stamp = FileStamp.of(file);
            if (before != null && stamp.equals(before.stamp) && before.definition.fault() == null) {
                return before;
            }
            String violated = Files.isRegularFile(file) ? TrustedFile.violated(file) : "must be a file";
            if (violated != null) {
                return new Stamped(stamp, SavedDefinition.unreadable(place, violated));
            }
            try (InputStream in = Files.newInputStream(file)) {
                byte[] content = in.readNBytes(MAX_BYTES + 1);
                return content.length > MAX_BYTES
                        ? new Stamped(stamp, SavedDefinition.unreadable(place, tooLarge()))
                        : new Stamped(stamp, parse(new String(content, UTF_8), place));
            }
        } catch (IOException e) {
            return new Stamped(stamp, SavedDefinition.unreadable(place, "cannot be read: " + FailureText.of(e)));
        }
    }

    private static String tooLarge() {
        return "is too large; at most " + (MAX_BYTES >> 10) + " KiB are read";
    }

    private static SavedDefinition parse(String text, String place) {
        try {
            return new SavedDefinition(place, SettingsText.parse(text, place), null, "");
        } catch (ConfigException e) {
            String message = Objects.requireNonNullElse(e.getMessage(), e.toString());
            String reason = message.startsWith(place + ": ") ? message.substring(place.length() + 2) : message;
            return new SavedDefinition(place, null, reason, text);
        } catch (StackOverflowError e) {
            return SavedDefinition.unreadable(place, "is nested too deeply");
        }
    }

    /**
     * Writes a definition.
     *
     * @throws IOException if it cannot be written; the earlier file stays then
     */
    public void write(DefinitionKey key, ConfigObject settings) throws IOException {
        byte[] text = text(key, settings).getBytes(UTF_8);
        if (text.length > MAX_BYTES) {
            throw new IOException(tooLarge());
        }
        Files.createDirectories(folder, OWNERS_FOLDER);
        Path file = folder.resolve(key.fileName());
        Path unfinished = folder.resolve(UNFINISHED_PREFIX + key.fileName() + UNFINISHED_ENDING);
        FileReplacement.replaceDurably(file, unfinished, text);
    }

    /** Returns the definition that a written file would have, with the lines of its values. */
    public static SavedDefinition of(DefinitionKey key, ConfigObject settings) {
        return parse(text(key, settings), place(key));
    }

    private static String text(DefinitionKey key, ConfigObject settings) {
        return header(key) + SettingsText.readable(settings);
    }

    private static String header(DefinitionKey key) {
        String kind = key.kind().word();
        return """
                # Weir writes this file: "%1$s set NAME KEY=VALUE --save" in the shell, or the HTTP API.
                # The name of the file is that of the %1$s. Comments of yours are lost at the next change.
                """
                .formatted(kind);
    }

    /** Deletes the file of a definition. No effect if it is absent. */
    public void delete(DefinitionKey key) throws IOException {
        if (Files.deleteIfExists(folder.resolve(key.fileName()))) {
            FileReplacement.flushFolder(folder);
        }
    }

    /** Gives a definition another name in one step. */
    public void rename(DefinitionKey key, DefinitionKey newKey) throws IOException {
        Files.move(folder.resolve(key.fileName()), folder.resolve(newKey.fileName()), StandardCopyOption.ATOMIC_MOVE);
        FileReplacement.flushFolder(folder);
    }
}
