package org.example;

import static dev.weir.junit.Faults.keep;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.weir.junit.FlushableChannel;
import dev.weir.junit.WeirDrive;
import java.io.IOException;
import java.util.List;
import java.util.stream.LongStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;

class PowerCutTest {
    private static final int RECORDS = 20;

    @RegisterExtension
    final WeirDrive disk = WeirDrive.memory(WeirDrive.MIB).losesPower();

    /** Appends records, cuts the power and returns the records that are left. */
    private List<Long> survivors(boolean isSynchronous, long seed) throws IOException {
        WriteAheadLog log = new WriteAheadLog(disk.channel(), isSynchronous);
        for (long value = 1; value <= RECORDS; value++) {
            log.append(value * 100);
        }
        disk.powerCut(keep.random(seed).torn(512));
        try (FlushableChannel after = disk.channel()) {
            return WriteAheadLog.recover(after);
        }
    }

    @Test
    void logWithFlushLosesNoAcknowledgedRecord() throws IOException {
        List<Long> all = LongStream.rangeClosed(1, RECORDS)
                .map(value -> value * 100)
                .boxed()
                .toList();
        for (long seed = 0; seed < 20; seed++) {
            assertEquals(all, survivors(true, seed));
        }
    }

    @Test
    void logWithoutFlushLosesAcknowledgedRecords() throws IOException {
        assertTrue(survivors(false, 1).size() < RECORDS);
    }
}
