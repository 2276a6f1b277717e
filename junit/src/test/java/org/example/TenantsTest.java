package org.example;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;

import dev.weir.drive.control.QueuedRequest;
import dev.weir.junit.EmbeddedDrive;
import dev.weir.junit.EmbeddedGroup;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.util.List;
import org.junit.jupiter.api.Test;

/** Groups in groups, and several drives in one test; docs/guides/junit.md quotes this test. */
class TenantsTest {

    @Test
    void tenantsShareTheLimitOfTheHost() throws Exception {
        EmbeddedGroup host = new EmbeddedGroup().limit("bps", 1);
        EmbeddedGroup web = new EmbeddedGroup(host).weight(3);
        EmbeddedGroup batch = new EmbeddedGroup(host);
        try (EmbeddedDrive site =
                        EmbeddedDrive.memory(EmbeddedDrive.MIB).group(web).start();
                EmbeddedDrive job =
                        EmbeddedDrive.memory(EmbeddedDrive.MIB).group(batch).start()) {
            site.channel().write(ByteBuffer.allocate(512)); // the host owes 512 s
            Thread writer = new Thread(
                    () -> assertThrows(IOException.class, () -> job.channel().write(ByteBuffer.allocate(512))));
            writer.start();
            List<QueuedRequest> held = job.control().queue();
            while (held.isEmpty()) {
                Thread.onSpinWait();
                held = job.control().queue();
            }
            writer.interrupt();
            writer.join();
            assertEquals("group: bps", held.get(0).heldBy());
            assertEquals(3, web.control().snapshot().settings().share().weight());
        }
    }
}
