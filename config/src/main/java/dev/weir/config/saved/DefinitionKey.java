package dev.weir.config.saved;

import dev.weir.drive.definition.Definition.Kind;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/**
 * Identity of a definition. Its file is {@code drive-NAME.conf} or {@code group-NAME.conf}.
 *
 * @param kind drive or group
 * @param name a valid name
 */
public record DefinitionKey(Kind kind, String name) {
    private static final Pattern FILE = Pattern.compile("(drive|group)-(.+)\\.conf");

    /** Returns the key of a file name, or null if the name has another form. */
    static @Nullable DefinitionKey ofFile(String fileName) {
        Matcher form = FILE.matcher(fileName);
        return form.matches()
                ? new DefinitionKey(form.group(1).equals("drive") ? Kind.DRIVE : Kind.GROUP, form.group(2))
                : null;
    }

    /** Written out, because the first generated one of a record makes 50 classes, which takes 8 ms of the start. */
    @Override
    public int hashCode() {
        return 31 * kind.hashCode() + name.hashCode();
    }

    @Override
    public boolean equals(@Nullable Object other) {
        return other instanceof DefinitionKey key && kind == key.kind && name.equals(key.name);
    }

    /** Returns the name of its file in {@code weir.d}. */
    public String fileName() {
        return kind.word() + "-" + name + ".conf";
    }

    /** Returns the path of its block: {@code drives.vm1}. */
    public String path() {
        return kind.block() + "." + name;
    }

    /** Returns it in words: {@code drive vm1}. */
    @Override
    public String toString() {
        return kind.word() + " " + name;
    }
}
