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

    void add(Drive drive) {
        drives.put(drive.name(), drive);
    }

    /** Removes it, unless another of its name has taken its place. */
    void remove(Drive drive) {
        drives.remove(drive.name(), drive);
    }

    /** Returns the drive of that name; for the empty name the only drive, if there is exactly one. */
    @Nullable
    Drive find(String name) {
        return name.isEmpty() ? only() : drives.get(name);
    }

    private @Nullable Drive only() {
        Iterator<Drive> all = drives.values().iterator();
        Drive first = all.hasNext() ? all.next() : null;
        return all.hasNext() ? null : first;
    }

    /** Returns the names, sorted. */
    Collection<String> names() {
        return Collections.unmodifiableCollection(drives.keySet());
    }
}
