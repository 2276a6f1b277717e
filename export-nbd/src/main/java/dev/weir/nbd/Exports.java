package dev.weir.nbd;

import dev.weir.drive.Drive;
import dev.weir.nbd.wire.Identity;
import java.util.List;
import java.util.Set;
import java.util.concurrent.ConcurrentNavigableMap;
import java.util.concurrent.ConcurrentSkipListMap;
import org.jspecify.annotations.Nullable;

/**
 * The drives that clients may ask for, by name, and who may see them.
 *
 * <p>Thread-safe.
 */
final class Exports {

    /** A drive, and the clients that may see it; all, if none is named. */
    private record Export(Drive drive, Set<String> clients) {
        boolean isFor(Identity client) {
            return clients.isEmpty() || client.isOneOf(clients);
        }
    }

    private final ConcurrentNavigableMap<String, Export> exports = new ConcurrentSkipListMap<>();

    void add(Drive drive) {
        add(drive, Set.of());
    }

    /**
     * Adds a drive, or changes who may see it.
     *
     * @param clients what {@link Identity#isOneOf} compares; empty if all may
     */
    void add(Drive drive, Set<String> clients) {
        exports.put(drive.name(), new Export(drive, Set.copyOf(clients)));
    }

    /** Removes it, unless another of its name has taken its place. */
    void remove(Drive drive) {
        exports.computeIfPresent(drive.name(), (name, export) -> export.drive() == drive ? null : export);
    }

    /** Returns the drive of that name; for the empty name the only one that the client may see, if it is one. */
    @Nullable
    Drive find(String name, Identity client) {
        if (name.isEmpty()) {
            List<String> names = names(client);
            return names.size() == 1 ? find(names.get(0), client) : null;
        }
        Export export = exports.get(name);
        return export != null && export.isFor(client) ? export.drive() : null;
    }

    /** Returns whether a client may use a drive, in which case it may also see it. */
    boolean allows(Drive drive, Identity client) {
        return find(drive.name(), client) == drive;
    }

    /** Returns the names of those that a client may see, sorted. */
    List<String> names(Identity client) {
        return exports.entrySet().stream()
                .filter(entry -> entry.getValue().isFor(client))
                .map(entry -> entry.getKey())
                .toList();
    }
}
