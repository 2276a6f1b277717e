package dev.weir.memory;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.constraints.LongRange;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class MemorySharesTest {
    private static final long MIB = 1 << 20;

    /** The start script gives Weir half of a container's memory. */
    @ParameterizedTest
    @CsvSource({"64, 24, 32, 8", "128, 48, 64, 16", "256, 176, 64, 16", "1024, 752, 256, 16", "8192, 6128, 2048, 16"})
    void dividesTheMemoryOfSmallAndLargeMachines(long max, long drives, long requests, long other) {
        assertEquals(new MemoryShares(drives * MIB, requests * MIB, other * MIB), MemoryShares.of(max * MIB));
    }

    /** 12 GiB is half of the machine, which the start script asks for. */
    @ParameterizedTest
    @CsvSource({"256, 64, 96", "512, 128, 256", "8192, 2048, 4096", "24576, 6144, 12288", "64, 32, 64", "1024, 1024, 64"
    })
    void directMemoryFitsIntoAContainer(long total, long heap, long fitting) {
        assertEquals(fitting * MIB, DirectMemory.fit(12288 * MIB, total * MIB, heap * MIB));
        assertEquals(MIB, DirectMemory.fit(MIB, total * MIB, heap * MIB));
    }

    @Property
    void theSumIsNeverAboveTheMemory(@ForAll @LongRange(min = 0, max = 1L << 50) long max) {
        MemoryShares shares = MemoryShares.of(max);
        assertEquals(max, shares.driveBytes() + shares.requestBytes() + shares.otherBytes());
        assertTrue(shares.driveBytes() >= 0 && shares.requestBytes() >= 0 && shares.otherBytes() >= 0);
    }

    @Test
    void takesMemoryOnlyWhileThereIsAny() {
        assertEquals(4096, DirectMemory.allocate(4096).capacity());
        assertTrue(DirectMemory.maxBytes() > 0);
        int tooMuch = (int) Math.min(Integer.MAX_VALUE, DirectMemory.maxBytes());
        if (tooMuch == DirectMemory.maxBytes()) {
            assertThrows(OutOfMemoryError.class, () -> DirectMemory.allocate(tooMuch));
        }
    }
}
