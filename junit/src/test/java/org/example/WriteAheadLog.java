package org.example;

import dev.weir.junit.FlushableChannel;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.List;

/** A tiny write-ahead log: records of one block with their number and a checksum. */
final class WriteAheadLog {
    private static final int BLOCK = 4096;

    private final FlushableChannel disk;
    private final boolean isSynchronous;
    private long records;

    WriteAheadLog(FlushableChannel disk, boolean isSynchronous) {
        this.disk = disk;
        this.isSynchronous = isSynchronous;
    }

    /** Appends a record. It is acknowledged when this returns. */
    void append(long value) throws IOException {
        ByteBuffer block = ByteBuffer.allocate(BLOCK);
        block.putLong(records).putLong(value).putLong(checksum(records, value)).rewind();
        disk.position(records * BLOCK).write(block);
        if (isSynchronous) {
            disk.flush(); // the line that such logs forget
        }
        records++;
    }

    private static long checksum(long number, long value) {
        return (number * 31 + value) ^ 0x5EED_0FA_10C4L;
    }

    /** Reads the records up to the first one that is not whole. */
    static List<Long> recover(FlushableChannel disk) throws IOException {
        List<Long> values = new ArrayList<>();
        for (long number = 0; ; number++) {
            ByteBuffer block = ByteBuffer.allocate(BLOCK);
            disk.position(number * BLOCK).read(block);
            block.flip();
            long written = block.getLong();
            long value = block.getLong();
            if (written != number || block.getLong() != checksum(number, value)) {
                return values;
            }
            values.add(value);
        }
    }
}
