package org.example;

import dev.weir.junit.WeirDrive;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.SeekableByteChannel;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;

/** A user's test; docs/guides/junit.md quotes it. */
class OrdersTest {
    @RegisterExtension
    static final WeirDrive disk = WeirDrive.memory(64 * WeirDrive.MIB).limit("iops", 50);

    @Test
    void survivesASlowDisk() throws IOException {
        try (SeekableByteChannel channel = disk.channel()) { // or an NBD client at disk.uri()
            channel.write(ByteBuffer.allocate(4096));
        }
    }
}
