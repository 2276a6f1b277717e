package dev.weir.nbd;

import dev.weir.drive.Drive;
import dev.weir.nbd.wire.Identity;
import java.util.List;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/**
 * The drives that one client may see; for it there are no others.
 *
 * @param exports all there are
 * @param client who it is, by now
 */
record VisibleExports(Exports exports, Supplier<Identity> client) {

    /** Returns the drive of that name; for the empty name the default, or else the only one. */
    @Nullable
    Drive find(String name) {
        return exports.find(name, client.get());
    }

    /** Returns them, sorted by name. */
    List<Drive> all() {
        return exports.all(client.get());
    }
}
