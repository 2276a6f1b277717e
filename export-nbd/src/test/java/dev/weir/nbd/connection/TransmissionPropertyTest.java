package dev.weir.nbd.connection;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.weir.nbd.MemoryDrive;
import dev.weir.nbd.net.BufferPool;
import dev.weir.nbd.net.PoolMemory;
import dev.weir.nbd.protocol.NegotiatedSession;
import dev.weir.nbd.protocol.ReplyWriter;
import dev.weir.nbd.quota.Budget;
import dev.weir.nbd.quota.ClientQuotas;
import dev.weir.nbd.spec.Nbd;
import dev.weir.nbd.spec.NbdMode;
import java.nio.ByteBuffer;
import java.util.ArrayDeque;
import java.util.HashMap;
import java.util.Map;
import java.util.Queue;
import java.util.Random;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;

/**
 * Random requests in random pieces, completed in random order and written to a socket that is full at random times.
 * Each request gets one correct reply and no memory leaks.
 */
class TransmissionPropertyTest {
    private static final int SIZE = 1 << 20;

    /** Reads use the first half, which has a pattern. Each write has a slot in the second half. */
    private static final int WRITES = SIZE / 2;

    private static final int SLOT = 1024;
    private static final int LONG_READ = 40_000;
    private static final int MAX_REQUESTS = 400;

    /** Little memory (bytes), in which few of the writes fit. */
    private static final long LITTLE = 256 << 10;

    private static final int LONG_SLOT = 30_000;

    @Property(tries = 60)
    void everyRequestIsAnsweredOnce(@ForAll long seed) {
        Random random = new Random(seed);
        byte[] content = new byte[SIZE];
        random.nextBytes(content);
        MemoryDrive drive = new MemoryDrive("vm1", SIZE, ByteBuffer.wrap(content.clone()), false);
        Requests requests = new Requests();
        Map<Long, Reply> expected = new HashMap<>();
        for (int cookie = 0; cookie < random.nextInt(MAX_REQUESTS); cookie++) {
            expected.put((long) cookie, add(requests, cookie, content, random, SLOT));
        }

        assertEquals(
                expected, converse(drive, requests.toBytes(), expected, random, ClientQuotas.DEFAULT.maxTotalBytes()));
        assertArrayEquals(content, drive.content(0, SIZE));
    }

    /** Payloads stay in the socket and reads wait for memory. The memory in use never exceeds the counted memory. */
    @Property(tries = 60)
    void littleMemoryIsEnough(@ForAll long seed) {
        Random random = new Random(seed);
        byte[] content = new byte[SIZE];
        random.nextBytes(content);
        MemoryDrive drive = new MemoryDrive("vm1", SIZE, ByteBuffer.wrap(content.clone()), false);
        Requests requests = new Requests();
        Map<Long, Reply> expected = new HashMap<>();
        for (int cookie = 0; cookie < random.nextInt(WRITES / LONG_SLOT); cookie++) {
            expected.put((long) cookie, add(requests, cookie, content, random, LONG_SLOT));
        }

        assertEquals(expected, converse(drive, requests.toBytes(), expected, random, LITTLE));
        assertArrayEquals(content, drive.content(0, SIZE));
    }

    /**
     * Adds a request and returns its expected reply. {@code content} is the expected content of the drive afterwards.
     */
    private static Reply add(Requests requests, int cookie, byte[] content, Random random, int longest) {
        int offset = random.nextInt(WRITES - LONG_READ);
        int length = 1 + random.nextInt(longest);
        switch (random.nextInt(6)) {
            case 0, 1 -> {
                length = 1 + random.nextInt(random.nextBoolean() ? SLOT : LONG_READ);
                requests.read(cookie, offset, length);
                return new Reply(cookie, 0, ByteBuffer.wrap(content).slice(offset, length));
            }
            case 2, 3 -> {
                byte[] payload = new byte[length];
                random.nextBytes(payload);
                int slot = WRITES + cookie * longest;
                System.arraycopy(payload, 0, content, slot, length);
                requests.write(cookie, slot, payload);
                return Reply.ok(cookie);
            }
            case 4 -> {
                requests.write(cookie, SIZE - 1, new byte[1 + length]);
                return Reply.error(cookie, Nbd.NBD_ENOSPC);
            }
            default -> {
                requests.flush(cookie);
                return Reply.ok(cookie);
            }
        }
    }

    private static Map<Long, Reply> converse(
            MemoryDrive drive, byte[] bytes, Map<Long, Reply> expected, Random random, long total) {
        PoolMemory memory = new PoolMemory();
        BufferPool pool = new BufferPool(0, ReplyWriter.MAX_DATA_HEADER_BYTES, memory);
        FakeSocket socket = new FakeSocket();
        Budget budget = FakeSocket.budget(total);
        Queue<Runnable> tasks = new ArrayDeque<>();
        ReplyQueue replies = socket.queue(pool, budget);
        TransmissionCodec transmission = new TransmissionCodec(
                "client", new NegotiatedSession(drive, NbdMode.SIMPLE, false), replies, pool, tasks::add);
        int received = 0;
        int taken = 0;
        while (taken < bytes.length) {
            received = Math.min(bytes.length, received + random.nextInt(1 + 2 * SLOT));
            ByteBuffer in = ByteBuffer.wrap(bytes, taken, received - taken).slice();
            act(drive, socket, replies, random);
            transmission.take(in);
            taken += in.position();
            run(tasks);
            long headers = ReplyRound.MAX_ROUND_PLAIN_BYTES + (long) pool.lent() * ReplyWriter.MAX_DATA_HEADER_BYTES;
            assertTrue(memory.allocated() <= budget.used() + headers, memory.allocated() + " held, " + budget.used());
            assertTrue(budget.used() <= total);
        }
        socket.room(Long.MAX_VALUE);
        drive.release(false);
        replies.uncork();
        do {
            replies.writeOn();
        } while (run(tasks));
        assertEquals(0, budget.used());

        assertTrue(replies.isDone());
        assertEquals(0, pool.lent());
        assertEquals(0, drive.lent());
        return parse(socket.written(), expected);
    }

    private static boolean run(Queue<Runnable> tasks) {
        boolean any = !tasks.isEmpty();
        for (Runnable task = tasks.poll(); task != null; task = tasks.poll()) {
            task.run();
        }
        return any;
    }

    private static void act(MemoryDrive drive, FakeSocket socket, ReplyQueue replies, Random random) {
        socket.room(random.nextInt(3) == 0 ? 0 : random.nextInt(4 * SLOT));
        replies.writeOn();
        switch (random.nextInt(4)) {
            case 0 -> drive.hold();
            case 1 -> drive.release(random.nextBoolean());
            case 2 -> replies.cork();
            default -> replies.uncork();
        }
    }

    private static Map<Long, Reply> parse(ByteBuffer written, Map<Long, Reply> expected) {
        Map<Long, Reply> replies = new HashMap<>();
        while (written.hasRemaining()) {
            Reply reply = Reply.takeHeader(written);
            Reply wanted = expected.get(reply.cookie());
            int length = wanted == null ? 0 : wanted.data().remaining();
            ByteBuffer data = written.slice(written.position(), length);
            written.position(written.position() + length);
            assertNull(replies.put(reply.cookie(), reply.with(data)), "answered twice");
        }
        return replies;
    }
}
