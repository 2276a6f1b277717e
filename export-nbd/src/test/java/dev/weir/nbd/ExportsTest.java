package dev.weir.nbd;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertSame;

import dev.weir.drive.Drive;
import java.util.List;
import org.junit.jupiter.api.Test;

class ExportsTest {
    private final Exports exports = new Exports();
    private final Drive vm1 = new MemoryDrive("vm1", 512, false);
    private final Drive vm2 = new MemoryDrive("vm2", 512, false);

    @Test
    void findsDrivesByName() {
        exports.add(vm2);
        exports.add(vm1);

        assertSame(vm1, exports.find("vm1"));
        assertNull(exports.find("VM1"));
        assertEquals(
                List.of("vm1", "vm2"), exports.all().stream().map(Drive::name).toList());
    }

    @Test
    void theEmptyNameIsTheOnlyDrive() {
        assertNull(exports.find(""));
        exports.add(vm1);
        assertSame(vm1, exports.find(""));
        exports.add(vm2);
        assertNull(exports.find(""));
    }

    /** When a drive is replaced, the new one may come before the old one goes. */
    @Test
    void removesADriveButNotItsSuccessor() {
        Drive successor = new MemoryDrive("vm1", 1024, false);
        exports.add(vm1);
        exports.add(successor);
        exports.remove(vm1);

        assertSame(successor, exports.find("vm1"));
        exports.remove(successor);
        assertNull(exports.find("vm1"));
    }
}
