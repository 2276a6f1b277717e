package org.example;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.weir.junit.EmbeddedDrive;
import dev.weir.junit.EmbeddedGroup;
import dev.weir.junit.WeirDrive;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.SeekableByteChannel;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;

/** Drives that share a limit; docs/guides/junit.md quotes this test. */
class SharedLimitTest {
    static final EmbeddedGroup tenant = new EmbeddedGroup().limit("iops", 100);

    @RegisterExtension
    static final WeirDrive data = WeirDrive.memory(64 * WeirDrive.MIB).group(tenant);

    @RegisterExtension
    static final WeirDrive log = WeirDrive.memory(8 * WeirDrive.MIB).group(tenant);

    @Test
    void bothAreServed() throws IOException {
        for (WeirDrive disk : List.of(data, log)) {
            try (SeekableByteChannel channel = disk.channel()) {
                assertEquals(512, channel.write(ByteBuffer.allocate(512)));
            }
        }
        assertNotEquals(data.uri(), log.uri());
        assertEquals(
                100, tenant.control().snapshot().settings().limits().toMap().get("iops"));
    }

    @Test
    void whatOneDriveOwesHoldsTheOther() throws Exception {
        EmbeddedGroup slow = new EmbeddedGroup().limit("bps", 1);
        try (EmbeddedDrive one =
                        EmbeddedDrive.memory(EmbeddedDrive.MIB).group(slow).start();
                EmbeddedDrive other =
                        EmbeddedDrive.memory(EmbeddedDrive.MIB).group(slow).start()) {
            one.channel().write(ByteBuffer.allocate(512));
            Thread writer = new Thread(
                    () -> assertThrows(IOException.class, () -> other.channel().write(ByteBuffer.allocate(512))));
            writer.start();
            while (other.snapshot().queuedWrites() == 0) {
                Thread.onSpinWait();
            }
            writer.interrupt();
            writer.join();
        }
    }

    @Test
    void groupRestartsAfterItsLastDrive() throws IOException {
        EmbeddedGroup group = new EmbeddedGroup();
        assertThrows(IllegalStateException.class, group::control);
        for (int round = 0; round < 2; round++) {
            EmbeddedDrive one =
                    EmbeddedDrive.memory(EmbeddedDrive.MIB).group(group).start();
            EmbeddedDrive other =
                    EmbeddedDrive.memory(EmbeddedDrive.MIB).group(group).start();
            one.close();
            assertTrue(other.drive().size() > 0);
            assertEquals("group", group.control().name());
            other.close();
            assertThrows(IllegalStateException.class, group::control);
        }
    }
}
