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
 * The drives that clients may ask for, by name, and who may see them.
 *
 * <p>Thread-safe.
 */
public final class Exports {

    /** A drive, and the clients that may see it; all, if none is named. */
    private record Export(Drive drive, Set<String> clients) {
        boolean isFor(Identity client) {
            return clients.isEmpty() || client.isOneOf(clients);
        }
    }

    private final ConcurrentNavigableMap<String, Export> exports = new ConcurrentSkipListMap<>();
    private volatile String defaultName = "";

    /** Guarded by this object, as is {@link #count}. */
    private IntConsumer onCount = none -> {};

    private int count;

    /** Has somebody told how many drives there are, now and whenever that changes. */
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
     * Adds a drive, or changes who may see it.
     *
     * @param clients what {@link Identity#isOneOf} compares; empty if all may
     */
    public synchronized void add(Drive drive, Set<String> clients) {
        if (exports.put(drive.name(), new Export(drive, Set.copyOf(clients))) == null) {
            count(1);
        }
    }

    /** Removes it, unless another of its name has taken its place. */
    public synchronized void remove(Drive drive) {
        if (offers(drive)) {
            exports.remove(drive.name());
            count(-1);
        }
    }

    /** Returns whether a drive is offered to anybody. */
    public boolean offers(Drive drive) {
        Export export = exports.get(drive.name());
        return export != null && export.drive() == drive;
    }

    /** Says which drive the empty name means; if it is empty itself, the only drive that the client may see. */
    public void byDefault(String name) {
        defaultName = name;
    }

    /** Returns the drive of that name; for the empty name the default, or else the only one there is to the client. */
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

    /** Returns whether a client may use a drive, in which case it may also see it. */
    public boolean allows(Drive drive, Identity client) {
        return find(drive.name(), client) == drive;
    }

    /** Returns the drive with the next name in order that a client may see, or null; the empty name comes first. */
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
     * Returns the drives that one client may see, now and after a change.
     *
     * @param client supplies the client's identity, which TLS may change
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
