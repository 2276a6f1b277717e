package dev.weir.nbd.quota;

import static org.junit.jupiter.api.Assertions.assertEquals;

import dev.weir.memory.MemoryShares;
import java.util.List;
import org.junit.jupiter.api.Test;

class OpenFilesTest {

    private static int connections(String limit) {
        return OpenFiles.maxConnections(List.of(
                "Limit                     Soft Limit           Hard Limit           Units     ",
                "Max open files            " + limit + "                 1048576              files     "));
    }

    @Test
    void connectionsLeaveFilesToImagesAndTheOperator() {
        assertEquals(16, connections("128"));
        assertEquals(800, connections("1024"));
        assertEquals(1, connections("64"));
        assertEquals(Integer.MAX_VALUE, connections("unlimited"));
        assertEquals(Integer.MAX_VALUE, OpenFiles.maxConnections(List.of()));
    }

    @Test
    void quotaOfConnectionsIsWithinThem() {
        MemoryShares memory = MemoryShares.of(8L << 30);
        assertEquals(16, ClientQuotas.DEFAULT.within(memory, 16).maxConnections());
        assertEquals(
                4096, ClientQuotas.DEFAULT.within(memory, Integer.MAX_VALUE).maxConnections());
    }
}
