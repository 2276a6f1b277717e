package dev.weir.nbd.connection;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertSame;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.weir.drive.Drive;
import dev.weir.nbd.MemoryDrive;
import dev.weir.nbd.wire.Identity;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;

class ExportsTest {
    private final Exports exports = new Exports();
    private final Drive vm1 = new MemoryDrive("vm1", 512, false);
    private final Drive vm2 = new MemoryDrive("vm2", 512, false);

    private @Nullable Drive find(String name) {
        return exports.find(name, Identity.UNKNOWN);
    }

    private List<Drive> all(Identity client) {
        List<Drive> all = new ArrayList<>();
        for (Drive next = exports.after("", client); next != null; next = exports.after(next.name(), client)) {
            all.add(next);
        }
        return all;
    }

    @Test
    void findsDrivesByName() {
        exports.add(vm2);
        exports.add(vm1);

        assertSame(vm1, find("vm1"));
        assertNull(find("VM1"));
        assertEquals(List.of(vm1, vm2), all(Identity.UNKNOWN));
    }

    @Test
    void emptyNameIsTheOnlyDrive() {
        assertNull(find(""));
        exports.add(vm1);
        assertSame(vm1, find(""));
        exports.add(vm2);
        assertNull(find(""));
    }

    /** The replacement of a drive may be added before the old drive is removed. */
    @Test
    void removalKeepsTheSuccessor() {
        Drive successor = new MemoryDrive("vm1", 1024, false);
        exports.add(vm1);
        exports.add(successor);
        exports.remove(vm1);

        assertSame(successor, find("vm1"));
        exports.remove(successor);
        assertNull(find("vm1"));
    }

    @Test
    void restrictedDriveIsHidden() {
        Identity alice = Identity.of("alice");
        Identity bob = Identity.of("bob");
        exports.add(vm1, Set.of("alice", "CN=carol"));
        exports.add(vm2);

        assertEquals(List.of(vm1, vm2), all(alice));
        assertSame(vm1, exports.find("vm1", alice));
        assertNull(exports.find("", alice));
        assertTrue(exports.allows(vm1, alice));
        for (Identity other : List.of(bob, Identity.UNKNOWN)) {
            assertEquals(List.of(vm2), all(other));
            assertNull(exports.find("vm1", other));
            assertSame(vm2, exports.find("", other));
            assertFalse(exports.allows(vm1, other));
        }
    }
}
