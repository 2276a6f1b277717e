package dev.weir.nbd.protocol;

import dev.weir.drive.Drive;
import org.jspecify.annotations.Nullable;

/** The drives that one client may see. All others are unknown to the client. */
public interface VisibleExports {

    /**
     * Returns the drive with a name or null. The empty name means the default drive. Without a default it means the
     * only visible drive.
     */
    @Nullable
    Drive find(String name);

    /** Returns the next drive in name order or null. The empty name precedes all others. */
    @Nullable
    Drive after(String name);
}
