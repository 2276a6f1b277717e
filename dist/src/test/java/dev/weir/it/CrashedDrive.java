package dev.weir.it;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.Collections;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.NavigableMap;
import java.util.Random;
import java.util.Set;
import java.util.TreeMap;
import java.util.function.BooleanSupplier;

/**
 * A model of the requests to a drive and their acknowledgements. It tells what each block may hold after a crash: the
 * last acknowledged write before the last acknowledged flush, or any later write.
 *
 * <p>A block holds one number over and over, unique to its write; 0 is a block of zeroes. A block has at most one
 * write in flight.
 */
final class CrashedDrive {
    static final int BLOCK = 4096;

    private static final int DEPTH = 16;
    private static final ByteBuffer NOTHING = ByteBuffer.allocate(0);

    /**
     * A request in flight.
     *
     * @param block the block it writes; -1 for a flush
     * @param number the number of the write, in the order of all writes
     * @param flushed for a flush, the number of the last acknowledged write of each block
     */
    @SuppressWarnings("ArrayRecordComponent") // neither compared nor changed
    private record Asked(int block, long number, boolean fua, long[] flushed) {}

    private final Random random;

    /** The values that each block may hold, by number of the write, from the last durable one on. */
    private final List<NavigableMap<Long, Long>> values = new ArrayList<>();

    private final long[] acknowledged;
    private long number;
    private long writes;
    private long flushes;

    CrashedDrive(int blocks, Random random) {
        this.random = random;
        acknowledged = new long[blocks];
        for (int i = 0; i < blocks; i++) {
            values.add(new TreeMap<>(Map.of(0L, 0L)));
        }
    }

    /** Returns the number of acknowledged requests. */
    String summary() {
        return writes + " writes and " + flushes + " flushes acknowledged";
    }

    /** Writes, zeroes and flushes, many requests in flight, until the server is gone. */
    void load(RawNbd client) {
        try {
            while (true) {
                batch(client);
            }
        } catch (IOException e) {
            // the server was killed
        }
    }

    /** Writes, zeroes and flushes while a condition holds. */
    void load(RawNbd client, BooleanSupplier condition) throws IOException {
        while (condition.getAsBoolean()) {
            batch(client);
        }
    }

    private void batch(RawNbd client) throws IOException {
        Map<Long, Asked> asked = new HashMap<>();
        Set<Integer> busy = new HashSet<>();
        for (long cookie = 0; cookie < DEPTH; cookie++) {
            int block = random.nextInt(values.size());
            if (random.nextInt(DEPTH) == 0) {
                asked.put(cookie, new Asked(-1, 0, false, acknowledged.clone()));
                client.request(0, RawNbd.FLUSH, cookie, 0, 0, NOTHING);
            } else if (busy.add(block)) {
                asked.put(cookie, write(client, cookie, block));
            }
        }
        for (int i = asked.size(); i > 0; i--) {
            RawNbd.Reply reply = client.reply();
            assertEquals(0, reply.error(), "error");
            acknowledged(asked.get(reply.cookie()));
        }
    }

    private Asked write(RawNbd client, long cookie, int block) throws IOException {
        boolean zeroes = random.nextInt(8) == 0;
        boolean fua = random.nextInt(4) == 0;
        number++;
        values.get(block).put(number, zeroes ? 0 : number);
        client.request(
                fua ? RawNbd.FUA : 0,
                zeroes ? RawNbd.WRITE_ZEROES : RawNbd.WRITE,
                cookie,
                (long) block * BLOCK,
                BLOCK,
                zeroes ? NOTHING : filled(number));
        return new Asked(block, number, fua, new long[0]);
    }

    private void acknowledged(Asked request) {
        if (request.block < 0) {
            flushes++;
            for (int i = 0; i < request.flushed.length; i++) {
                durable(i, request.flushed[i]);
            }
        } else {
            writes++;
            acknowledged[request.block] = request.number;
            if (request.fua) {
                durable(request.block, request.number);
            }
        }
    }

    private void durable(int block, long from) {
        values.get(block).headMap(from).clear();
    }

    private static ByteBuffer filled(long value) {
        ByteBuffer block = ByteBuffer.allocate(BLOCK);
        while (block.hasRemaining()) {
            block.putLong(value);
        }
        return block.flip();
    }

    /** Fails unless every block is whole and holds an allowed value; continues from the current content. */
    void check(RawNbd client) throws IOException {
        for (int i = 0; i < values.size(); i++) {
            ByteBuffer block = client.read((long) i * BLOCK, BLOCK);
            long value = block.getLong(0);
            int torn = block.mismatch(filled(value));
            assertEquals(-1, torn, "block " + i + " holds " + value + " up to byte " + torn);
            Map<Long, Long> may = Collections.unmodifiableMap(values.get(i));
            assertTrue(may.containsValue(value), "block " + i + " holds " + value + ", may hold " + may.values());
            acknowledged[i] = ++number;
            values.set(i, new TreeMap<>(Map.of(number, value)));
        }
        client.request(0, RawNbd.FLUSH, 0, 0, 0, NOTHING);
        assertEquals(0, client.reply().error(), "error of a flush");
    }
}
