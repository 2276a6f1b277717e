package org.example.heap;

import dev.weir.block.ExtentVisitor;
import dev.weir.block.HintedBackend;
import java.nio.ByteBuffer;
import java.util.Arrays;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;

/**
 * A drive on the Java heap in blocks of 4 KiB, allocated on first write and freed by a trim. Unallocated blocks read
 * as zeroes.
 *
 * <p>Thread-safe: a block is read and written under its own monitor.
 */
final class HeapBackend implements HintedBackend {
    private static final int BLOCK_BYTES = 4096;

    private final long size;
    private final Map<Long, byte[]> blocks = new ConcurrentHashMap<>();

    HeapBackend(long size) {
        this.size = size;
    }

    @Override
    public long size() {
        return size;
    }

    /** Memory never blocks, so no worker thread is needed. */
    @Override
    public boolean mayBlock() {
        return false;
    }

    /** An action on a part of one block. */
    private interface Part {
        void apply(long block, int from, int length);
    }

    private static void eachPart(long offset, long length, Part part) {
        long end = offset + length;
        for (long at = offset; at < end; ) {
            int from = (int) (at % BLOCK_BYTES);
            int partLength = (int) Math.min(BLOCK_BYTES - from, end - at);
            part.apply(at / BLOCK_BYTES, from, partLength);
            at += partLength;
        }
    }

    @Override
    public void read(ByteBuffer destination, long offset) {
        eachPart(offset, destination.remaining(), (number, from, length) -> {
            byte[] block = blocks.get(number);
            if (block == null) {
                destination.put(new byte[length]);
            } else {
                synchronized (block) {
                    destination.put(block, from, length);
                }
            }
        });
    }

    @Override
    public void write(ByteBuffer source, long offset) {
        eachPart(offset, source.remaining(), (number, from, length) -> blocks.compute(number, (key, old) -> {
            byte[] block = old == null ? new byte[BLOCK_BYTES] : old;
            synchronized (block) {
                source.get(block, from, length);
            }
            return block;
        }));
    }

    @Override
    public void writeZeroes(long offset, long length, boolean mayUnmap) {
        eachPart(offset, length, (number, from, partLength) -> blocks.computeIfPresent(number, (key, block) -> {
            if (partLength == BLOCK_BYTES) {
                return null;
            }
            synchronized (block) {
                Arrays.fill(block, from, from + partLength, (byte) 0);
            }
            return block;
        }));
    }

    /** Unallocated blocks are holes. */
    @Override
    public void blockStatus(long offset, long length, ExtentVisitor visitor) {
        long end = offset + length;
        long at = offset;
        boolean more = true;
        while (more && at < end) {
            long block = at / BLOCK_BYTES;
            long next = Math.min(end, (block + 1) * BLOCK_BYTES);
            more = visitor.extent(next - at, !blocks.containsKey(block));
            at = next;
        }
    }

    @Override
    public void trim(long offset, long length) {
        writeZeroes(offset, length, true);
    }

    /** Nothing to do: the content is lost with the process. */
    @Override
    public void flush() {}

    @Override
    public void close() {
        blocks.clear();
    }
}
