package dev.weir.launcher.deploy;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.BasicFileAttributes;
import java.nio.file.attribute.FileTime;
import java.util.Objects;
import org.jspecify.annotations.Nullable;
import org.osgi.framework.Bundle;

/**
 * A jar in the folder, with its bundle and its fault.
 *
 * <p>Not thread-safe.
 */
final class DeployedJar {
    final String file;

    /** The bundle that runs from this jar, or from its last usable version. */
    @Nullable
    Bundle bundle;

    /** Whether the bundle came with Weir, so that this jar only stands in for it. */
    boolean shipped;

    /** The name and version of the bundle; for messages. */
    String title = "";

    /** Why the jar, as it is now, cannot be used; empty if it is used. */
    String fault = "";

    /** Whether the jar was missing at the last look. */
    boolean missing;

    private Signature seen = Signature.NONE;
    private Signature taken = Signature.NONE;

    DeployedJar(String file) {
        this.file = file;
    }

    /** The attributes of a file that change with its content. */
    record Signature(@Nullable FileTime modified, long size, @Nullable Object key) {
        static final Signature NONE = new Signature(null, -1, null);

        static Signature of(Path file) {
            try {
                BasicFileAttributes attributes = Files.readAttributes(file, BasicFileAttributes.class);
                return new Signature(attributes.lastModifiedTime(), attributes.size(), attributes.fileKey());
            } catch (IOException e) {
                return new Signature(null, 0, e.toString()); // taken, so that its fault is named
            }
        }
    }

    /**
     * Returns whether the file has changed since it was taken, and not since the last look: a file that is being
     * written is left alone.
     */
    boolean hasSettled(Signature now, boolean atOnce) {
        boolean settled = atOnce || now.equals(seen);
        seen = now;
        if (!settled || now.equals(taken)) {
            return false;
        }
        taken = now;
        return true;
    }

    boolean owns(Bundle other) {
        return Objects.equals(bundle, other);
    }
}
