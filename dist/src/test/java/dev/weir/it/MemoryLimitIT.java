package dev.weir.it;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.fail;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Weir in a container with little memory. */
class MemoryLimitIT {
    private static final int NO_SPACE = 28;
    private static final int MIB = 1 << 20;

    @Test
    void fullMemoryDriveIsAnErrorInAContainer(@TempDir Path home) throws IOException {
        try (MemoryCgroup container = MemoryCgroup.of(256L * MIB)) {
            try (Weir weir = Weir.launchIn(container, home, "-drive", "id=vm1,memory=2G")) {
                weir.awaitReady();
                assertEquals(NO_SPACE, writeUntilItFails(weir));
                assertEquals(0, weir.stop());
            }
        }
    }

    private static int writeUntilItFails(Weir weir) throws IOException {
        try (RawNbd client = new RawNbd(weir.socket(), "vm1")) {
            for (int i = 0; i < 256; i++) {
                client.request(0, RawNbd.WRITE, i, (long) i * MIB, MIB, ByteBuffer.allocate(MIB));
                RawNbd.Reply reply = client.reply();
                if (reply.error() != 0) {
                    return reply.error();
                }
            }
            return fail("takes as much as the container has");
        }
    }
}
