package dev.weir.junit;

import dev.weir.block.Operation;
import dev.weir.drive.Drive;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.ClosedChannelException;
import java.nio.channels.SeekableByteChannel;

/** A channel to a drive with one request in flight. Not thread-safe. */
final class DriveChannel implements FlushableChannel {
    private final Drive drive;
    private long position;
    private boolean closed;

    DriveChannel(Drive drive) {
        this.drive = drive;
    }

    @Override
    public int read(ByteBuffer destination) throws IOException {
        int length = length(destination);
        return length == 0 && destination.hasRemaining() ? -1 : transfer(Operation.READ, destination, length);
    }

    @Override
    public int write(ByteBuffer source) throws IOException {
        int length = length(source);
        if (length == 0 && source.hasRemaining()) {
            throw new IOException(
                    "cannot write at " + position + ": the drive " + drive.name() + " ends at " + drive.size());
        }
        return transfer(Operation.WRITE, source, length);
    }

    /**
     * Returns the length of the next request: the remaining buffer, limited by the end of the drive and by the
     * largest request.
     */
    private int length(ByteBuffer buffer) throws IOException {
        requireOpen();
        long left = Math.max(0, drive.size() - position);
        return (int) Math.min(Math.min(buffer.remaining(), left), Drive.MAX_TRANSFER);
    }

    private int transfer(Operation operation, ByteBuffer buffer, int length) throws IOException {
        if (length > 0) {
            ByteBuffer part = buffer.slice(buffer.position(), length);
            WaitingRequest request = new WaitingRequest(this, part);
            request.prepare(operation, position, length);
            request.run(drive);
            buffer.position(buffer.position() + length);
            position += length;
        }
        return length;
    }

    @Override
    public long position() throws IOException {
        requireOpen();
        return position;
    }

    @Override
    public SeekableByteChannel position(long newPosition) throws IOException {
        requireOpen();
        if (newPosition < 0) {
            throw new IllegalArgumentException("position = " + newPosition + ": must be 0 or more");
        }
        position = newPosition;
        return this;
    }

    @Override
    public long size() throws IOException {
        requireOpen();
        return drive.size();
    }

    @Override
    public SeekableByteChannel truncate(long size) throws IOException {
        requireOpen();
        if (size < drive.size()) {
            throw new IOException("the drive " + drive.name() + " has a fixed size of " + drive.size());
        }
        position = Math.min(position, size);
        return this;
    }

    private void requireOpen() throws ClosedChannelException {
        if (closed) {
            throw new ClosedChannelException();
        }
    }

    @Override
    public boolean isOpen() {
        return !closed;
    }

    @Override
    public void flush() throws IOException {
        requireOpen();
        flushDrive();
    }

    private void flushDrive() throws IOException {
        WaitingRequest flush = new WaitingRequest(this, ByteBuffer.allocate(0));
        flush.prepare(Operation.FLUSH, 0, 0);
        flush.run(drive);
    }

    /** Flushes the drive. */
    @Override
    public void close() throws IOException {
        if (!closed) {
            closed = true;
            flushDrive();
        }
    }
}
