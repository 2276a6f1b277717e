package dev.weir.nbd.connection;

import dev.weir.drive.Drive;
import dev.weir.nbd.protocol.VisibleExports;
import dev.weir.nbd.wire.Identity;
import java.util.Set;
import java.util.concurrent.ConcurrentNavigableMap;
import java.util.concurrent.ConcurrentSkipListMap;
import java.util.function.IntConsumer;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/**
 * The exported drives by name and the clients that may see each of them.
 *
 * <p>Thread-safe.
 */
public final class Exports {

    /** A drive and the names of the clients that may see it. An empty set means every client. */
    private record Export(Drive drive, Set<String> clients) {
        boolean isFor(Identity client) {
            return clients.isEmpty() || client.isOneOf(clients);
        }
    }

    private final ConcurrentNavigableMap<String, Export> exports = new ConcurrentSkipListMap<>();
    private volatile String defaultName = "";

    /** Receives the number of drives. Guarded by this object like {@link #count}. */
    private IntConsumer onCount = none -> {};

    private int count;

    /** Passes the number of drives to a listener now and after each change. */
    public synchronized void onCount(IntConsumer listener) {
        onCount = listener;
        listener.accept(count);
    }

    private void count(int change) {
        count += change;
        onCount.accept(count);
    }

    public void add(Drive drive) {
        add(drive, Set.of());
    }

    /**
     * Adds a drive or changes the clients that may see it.
     *
     * @param clients names for {@link Identity#isOneOf}. An empty set means every client.
     */
    public synchronized void add(Drive drive, Set<String> clients) {
        if (exports.put(drive.name(), new Export(drive, Set.copyOf(clients))) == null) {
            count(1);
        }
    }

    /** Removes a drive unless another drive with its name has replaced it. */
    public synchronized void remove(Drive drive) {
        if (offers(drive)) {
            exports.remove(drive.name());
            count(-1);
        }
    }

    /** Returns whether a drive is exported to any client. */
    public boolean offers(Drive drive) {
        Export export = exports.get(drive.name());
        return export != null && export.drive() == drive;
    }

    /**
     * Sets the drive that the empty name means. If the name is empty, it means the only drive that the client may
     * see.
     */
    public void byDefault(String name) {
        defaultName = name;
    }

    /**
     * Returns the drive with a name or null. The empty name means the default drive. Without a default it means the
     * only visible drive.
     */
    @Nullable
    Drive find(String name, Identity client) {
        String asked = name.isEmpty() ? defaultName : name;
        if (asked.isEmpty()) {
            Drive first = after("", client);
            return first == null || after(first.name(), client) != null ? null : first;
        }
        Export export = exports.get(asked);
        return export != null && export.isFor(client) ? export.drive() : null;
    }

    /** Returns whether a client may see and use a drive. */
    public boolean allows(Drive drive, Identity client) {
        return find(drive.name(), client) == drive;
    }

    /** Returns the next drive in name order that a client may see or null. The empty name precedes all others. */
    @Nullable
    Drive after(String name, Identity client) {
        for (Export export : exports.tailMap(name, false).values()) {
            if (export.isFor(client)) {
                return export.drive();
            }
        }
        return null;
    }

    /**
     * Returns a live view of the drives that one client may see.
     *
     * @param client supplies the identity of the client, which a TLS handshake changes
     */
    public VisibleExports visibleTo(Supplier<Identity> client) {
        return new VisibleExports() {
            @Override
            public @Nullable Drive find(String name) {
                return Exports.this.find(name, client.get());
            }

            @Override
            public @Nullable Drive after(String name) {
                return Exports.this.after(name, client.get());
            }
        };
    }
}
