package dev.weir.nbd.protocol;

import dev.weir.drive.Drive;
import org.jspecify.annotations.Nullable;

/** The drives that one client may see; to that client no others exist. */
public interface VisibleExports {

    /** Returns the drive of a name, or null; the empty name means the default drive, or else the only one. */
    @Nullable
    Drive find(String name);

    /** Returns the drive with the next name in order, or null; the empty name comes before all others. */
    @Nullable
    Drive after(String name);
}
