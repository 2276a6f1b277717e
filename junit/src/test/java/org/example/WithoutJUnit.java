package org.example;

import dev.weir.junit.EmbeddedDrive;
import dev.weir.junit.EmbeddedGroup;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.SeekableByteChannel;

/** A program that uses a drive without JUnit. */
final class WithoutJUnit {
    private WithoutJUnit() {}

    public static void main(String[] args) throws IOException {
        EmbeddedGroup group = new EmbeddedGroup().limit("iops", 1000);
        try (EmbeddedDrive disk =
                        EmbeddedDrive.memory(EmbeddedDrive.MIB).group(group).start();
                SeekableByteChannel channel = disk.channel()) {
            System.out.println("written: " + channel.write(ByteBuffer.allocate(4096)));
        }
    }
}
