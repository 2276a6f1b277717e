package dev.weir.launcher.deploy;

import dev.weir.launcher.home.FileOwner;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.BasicFileAttributes;
import java.nio.file.attribute.FileTime;
import java.util.Objects;
import org.jspecify.annotations.Nullable;
import org.osgi.framework.Bundle;

/**
 * State of a jar in the folder: its bundle and its error.
 *
 * <p>Not thread-safe.
 */
final class DeployedJar {
    final String file;

    /** Bundle that runs from this jar or from its last usable version. */
    @Nullable
    Bundle bundle;

    /** Whether the jar replaces a shipped bundle. */
    boolean shipped;

    /** Name and version of the bundle for messages. */
    String title = "";

    /** Reason why the current jar is unusable; empty if it is used. */
    String fault = "";

    /** Whether the jar was missing at the last look. */
    boolean missing;

    private Signature seen = Signature.NONE;
    private Signature taken = Signature.NONE;

    DeployedJar(String file) {
        this.file = file;
    }

    /**
     * File attributes that change with the content.
     *
     * @param fault why other users could change the file; null if they cannot
     */
    record Signature(@Nullable FileTime modified, long size, @Nullable Object key, @Nullable String fault) {
        static final Signature NONE = new Signature(null, -1, null, null);

        static Signature of(Path file) {
            try {
                BasicFileAttributes attributes = Files.readAttributes(file, BasicFileAttributes.class);
                return new Signature(
                        attributes.lastModifiedTime(),
                        attributes.size(),
                        attributes.fileKey(),
                        FileOwner.faultOfJar(file));
            } catch (IOException e) {
                return new Signature(null, 0, e.toString(), null); // counts as deployed, so that its error is reported
            }
        }
    }

    /**
     * Returns whether the file changed since it was deployed and not since the last look. The second condition avoids
     * half-written files.
     *
     * @param atOnce whether the second condition is skipped
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
