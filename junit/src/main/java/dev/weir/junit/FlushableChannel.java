package dev.weir.junit;

import java.io.IOException;
import java.nio.channels.SeekableByteChannel;

/** A channel to a drive that can flush it, as {@code fsync} flushes a file. Not thread-safe. */
public interface FlushableChannel extends SeekableByteChannel {

    /**
     * Makes all completed writes durable: they survive a power cut.
     *
     * @throws IOException if the drive cannot promise it
     */
    void flush() throws IOException;
}
