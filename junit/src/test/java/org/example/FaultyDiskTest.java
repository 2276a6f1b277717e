package org.example;

import static dev.weir.block.BlockError.EIO;
import static dev.weir.block.Operation.FLUSH;
import static dev.weir.block.Operation.READ;
import static dev.weir.junit.Faults.error;
import static dev.weir.junit.Faults.latency;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;

import dev.weir.junit.FlushableChannel;
import dev.weir.junit.WeirDrive;
import java.io.IOException;
import java.nio.ByteBuffer;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;

class FaultyDiskTest {
    @RegisterExtension
    final WeirDrive disk =
            WeirDrive.memory(WeirDrive.MIB).fault(latency("2ms").on(FLUSH).percentile99("400ms"));

    @Test
    void badSectorIsRepairedByAWrite() throws IOException {
        disk.fault(error(EIO).on(READ).range(4096, 512).untilWritten().named("bad-sector"));
        try (FlushableChannel channel = disk.channel()) {
            IOException failure =
                    assertThrows(IOException.class, () -> channel.position(4096).read(ByteBuffer.allocate(512)));
            assertEquals("READ of 512 bytes at 4096 of drive disk: EIO", failure.getMessage());
            channel.position(4096).write(ByteBuffer.allocate(512));
            channel.position(4096).read(ByteBuffer.allocate(512));
        }
        disk.heal();
    }
}
