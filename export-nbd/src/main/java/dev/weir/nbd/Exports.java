package dev.weir.nbd;

import dev.weir.drive.Drive;
import java.util.Collection;
import java.util.Collections;
import java.util.Iterator;
import java.util.concurrent.ConcurrentNavigableMap;
import java.util.concurrent.ConcurrentSkipListMap;
import org.jspecify.annotations.Nullable;

/**
 * The drives that clients may ask for, by name.
 *
 * <p>Thread-safe.
 */
final class Exports {
    private final ConcurrentNavigableMap<String, Drive> drives = new ConcurrentSkipListMap<>();
    private volatile String defaultName = "";

    void add(Drive drive) {
        drives.put(drive.name(), drive);
    }

    /** Removes it, unless another of its name has taken its place. */
    void remove(Drive drive) {
        drives.remove(drive.name(), drive);
    }

    /** Says which drive the empty name means; if it is empty itself, the only drive there is. */
    void byDefault(String name) {
        defaultName = name;
    }

    /** Returns the drive of that name; for the empty name the default, or else the only drive, if there is exactly one. */
    @Nullable
    Drive find(String name) {
        String asked = name.isEmpty() ? defaultName : name;
        return asked.isEmpty() ? only() : drives.get(asked);
    }

    private @Nullable Drive only() {
        Iterator<Drive> all = drives.values().iterator();
        Drive first = all.hasNext() ? all.next() : null;
        return all.hasNext() ? null : first;
    }

    /** Returns the drives, sorted by name. */
    Collection<Drive> all() {
        return Collections.unmodifiableCollection(drives.values());
    }
}
