package dev.weir.filter.faults.unflushed;

import dev.weir.block.BlockRequest;
import dev.weir.block.Operation;
import dev.weir.fault.Unflushed;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * The unflushed writes of a drive in their order, and their newest data.
 *
 * <p>Thread-safe.
 */
final class WriteLog {

    /** The bytes that a write counts beside its data. */
    static final int OVERHEAD = 128;

    private final Deque<Write> writes = new ArrayDeque<>();
    private final Image newest = new Image();
    private long maxBytes;
    private long numbers;
    private long bytes;
    private long early;

    WriteLog(long maxBytes) {
        this.maxBytes = maxBytes;
    }

    synchronized void maxBytes(long newMaxBytes) {
        maxBytes = newMaxBytes;
    }

    private static long cost(Operation operation, long length) {
        return OVERHEAD + (operation == Operation.WRITE ? length : 0);
    }

    private static long cost(Write write) {
        return cost(write.operation(), write.length());
    }

    /**
     * Reserves the memory of a request. A request that is larger than the record fits into an empty one.
     *
     * @param isForced whether the bound does not count
     */
    synchronized boolean reserve(BlockRequest request, boolean isForced) {
        long needed = cost(request.operation(), request.length());
        if (!isForced && bytes > 0 && bytes + needed > maxBytes) {
            return false;
        }
        bytes += needed;
        return true;
    }

    /** Gives back the memory of a request that is not added. */
    synchronized void unreserve(BlockRequest request) {
        bytes -= cost(request.operation(), request.length());
    }

    /** Adds a request whose memory is reserved. The data becomes the record's. */
    synchronized void add(BlockRequest request, byte @Nullable [] data) {
        Operation operation = request.operation() == Operation.FAST_ZERO ? Operation.WRITE_ZEROES : request.operation();
        Write write = new Write(numbers++, operation, request.mayUnmap(), request.offset(), request.length(), data, 0);
        writes.add(write);
        newest.put(write);
    }

    /** Returns the number that the next write gets. */
    synchronized long next() {
        return numbers;
    }

    /** Returns the newest data in a range, cut to it, in ascending order. */
    synchronized List<Write> newest(long offset, long end) {
        List<Write> parts = newest.overlapping(offset, end);
        parts = parts.isEmpty() ? parts : new ArrayList<>(parts);
        for (int i = 0; i < parts.size(); i++) {
            Write part = parts.get(i);
            if (part.offset() < offset || part.end() > end) {
                parts.set(i, part.part(Math.max(offset, part.offset()), Math.min(end, part.end())));
            }
        }
        return parts;
    }

    /** Returns the writes before a number, oldest first. */
    synchronized List<Write> before(long number) {
        return writes.stream().filter(write -> write.number() < number).toList();
    }

    synchronized List<Write> all() {
        return List.copyOf(writes);
    }

    /** Returns the number after the oldest half of the data. */
    synchronized long half() {
        long sum = 0;
        for (Write write : writes) {
            sum += cost(write);
            if (sum >= bytes / 2) {
                return write.number() + 1;
            }
        }
        return numbers;
    }

    /** Removes the writes before a number because the backend has them. */
    synchronized void remove(long number, boolean isEarly) {
        while (!writes.isEmpty() && writes.peek().number() < number) {
            Write write = writes.remove();
            bytes -= cost(write);
            early += isEarly ? write.length() : 0;
        }
        newest.removeIf(each -> each < number);
        if (!isEarly) {
            early = 0;
        }
    }

    /** Removes a range from the writes before a number because the backend has newer data there. */
    synchronized void cut(long offset, long end, long number) {
        if (newest.overlapping(offset, end).isEmpty()) {
            return; // it covers whatever any write covers
        }
        List<Write> left = new ArrayList<>(writes.size() + 1);
        for (Write write : writes) {
            if (write.number() >= number || !write.overlaps(offset, end)) {
                left.add(write);
                continue;
            }
            bytes -= cost(write);
            if (write.offset() < offset) {
                keep(write.part(write.offset(), offset), left);
            }
            if (write.end() > end) {
                keep(write.part(end, write.end()), left);
            }
        }
        writes.clear();
        writes.addAll(left);
        newest.clear();
        left.forEach(newest::put);
    }

    private void keep(Write part, List<Write> left) {
        left.add(part);
        bytes += cost(part);
    }

    synchronized void clear() {
        writes.clear();
        newest.clear();
        bytes = 0;
        early = 0;
    }

    synchronized Unflushed state() {
        long data = writes.stream()
                .filter(write -> write.operation() == Operation.WRITE)
                .mapToLong(Write::length)
                .sum();
        long count = writes.stream().mapToLong(Write::number).distinct().count();
        return new Unflushed(count, data, maxBytes, early);
    }

    synchronized long early() {
        return early;
    }
}
