package dev.weir.nbd.connection;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNotNull;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.weir.block.BlockError;
import dev.weir.block.Operation;
import dev.weir.drive.Drive;
import dev.weir.nbd.MemoryDrive;
import dev.weir.nbd.MemoryDrive.Seen;
import dev.weir.nbd.connection.TransmissionCodec.State;
import dev.weir.nbd.net.BufferPool;
import dev.weir.nbd.protocol.NegotiatedSession;
import dev.weir.nbd.protocol.ReplyWriter;
import dev.weir.nbd.quota.ClientQuotas;
import dev.weir.nbd.spec.Nbd;
import dev.weir.nbd.spec.NbdMode;
import java.nio.ByteBuffer;
import java.util.ArrayDeque;
import java.util.List;
import java.util.Objects;
import java.util.Queue;
import java.util.Random;
import java.util.stream.IntStream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

class TransmissionCodecTest {
    private static final int FUA = 1;
    private static final int NO_HOLE = 2;
    private static final long GIB = 1 << 30;
    private static final int MAX_REQUESTS = ClientQuotas.DEFAULT.maxRequests();

    private final MemoryDrive drive = new MemoryDrive("vm1", 1 << 20, false);
    private final MemoryDrive wide = new MemoryDrive("wide", 10 * GIB, ByteBuffer.allocate(Drive.MAX_TRANSFER), false);
    private final BufferPool pool = new BufferPool(1 << 20, ReplyWriter.MAX_DATA_HEADER_BYTES);
    private final FakeSocket socket = new FakeSocket();
    private final ReplyQueue replies = socket.queue(pool);
    private final Queue<Runnable> tasks = new ArrayDeque<>();
    private final TransmissionCodec transmission = on(drive);
    private final TransmissionCodec wideTransmission = on(wide);

    private TransmissionCodec on(Drive any) {
        return new TransmissionCodec("client", simple(any), replies, pool, tasks::add);
    }

    private static NegotiatedSession simple(Drive any) {
        return new NegotiatedSession(any, NbdMode.SIMPLE, false);
    }

    @AfterEach
    void everyBufferIsBack() {
        assertEquals(0, pool.lent());
        assertEquals(0, drive.lent() + wide.lent());
        assertTrue(replies.isDone());
    }

    @Test
    void readsWhatWasWritten() {
        assertEquals(
                State.INCOMPLETE,
                take(new Requests().write(7, 512, bytes(1, 2, 3)).read(8, 511, 5)));

        assertEquals(List.of(Reply.ok(7), Reply.ok(8, bytes(0, 1, 2, 3, 0))), socket.replies(0, 5));
    }

    @Test
    void forwardsRequestsUnchanged() {
        take(new Requests()
                .read(1, 4096, 512)
                .request(FUA, Nbd.NBD_CMD_READ, 1, 0, 1)
                .write(0, 1, 8, bytes(1))
                .write(FUA, 1, 9, bytes(1, 2))
                .flush(1)
                .request(0, Nbd.NBD_CMD_TRIM, 1, 1, 2)
                .request(FUA, Nbd.NBD_CMD_TRIM, 1, 3, 4)
                .request(0, Nbd.NBD_CMD_WRITE_ZEROES, 1, 5, 6)
                .request(FUA | NO_HOLE, Nbd.NBD_CMD_WRITE_ZEROES, 1, 7, 8));

        assertEquals(
                List.of(
                        new Seen(Operation.READ, 4096, 512, false, false),
                        new Seen(Operation.READ, 0, 1, false, false),
                        new Seen(Operation.WRITE, 8, 1, false, false),
                        new Seen(Operation.WRITE, 9, 2, true, false),
                        new Seen(Operation.FLUSH, 0, 0, false, false),
                        new Seen(Operation.TRIM, 1, 2, false, false),
                        new Seen(Operation.TRIM, 3, 4, true, false),
                        new Seen(Operation.WRITE_ZEROES, 5, 6, false, true),
                        new Seen(Operation.WRITE_ZEROES, 7, 8, true, false)),
                drive.seen());
    }

    @ParameterizedTest
    @EnumSource(BlockError.class)
    void driveErrorHasNoData(BlockError error) {
        drive.fail(error);

        take(new Requests().read(1, 0, 512).write(2, 0, bytes(1)).flush(3));

        int value =
                switch (error) {
                    case EPERM -> 1;
                    case EIO -> 5;
                    case EINVAL -> 22;
                    case ENOSPC -> 28;
                    case ENOMEM -> 12;
                    case ENOTSUP -> 95;
                    case ESHUTDOWN -> 108;
                };
        assertEquals(
                List.of(Reply.error(1, value), Reply.error(2, value), Reply.error(3, value)), socket.replies(0, 0, 0));
    }

    @Test
    void refusedPayloadIsSkipped() {
        take(new Requests()
                .write(1, (1 << 20) - 1, bytes(1, 2))
                .write(NO_HOLE, 2, 0, bytes(3))
                .read(3, 0, 1));

        assertEquals(
                List.of(Reply.error(1, Nbd.NBD_ENOSPC), Reply.error(2, Nbd.NBD_EINVAL), Reply.ok(3, bytes(0))),
                socket.replies(0, 0, 1));
    }

    @Test
    void tooLongPayloadTakesNoMemory() {
        take(new Requests().request(0, Nbd.NBD_CMD_WRITE, 1, 0, -1));
        ByteBuffer part = ByteBuffer.allocate(1 << 20);
        for (long left = (1L << 32) - 1; left > 0; left -= part.limit()) {
            assertEquals(0, pool.lent());
            part.clear().limit((int) Math.min(part.capacity(), left));
            assertEquals(State.INCOMPLETE, transmission.take(part));
        }

        assertEquals(List.of(Reply.error(1, Nbd.NBD_EINVAL)), socket.replies(0));
    }

    @Test
    void unknownCommandsAreInvalid() {
        take(new Requests()
                .request(0, 8, 1, 0, 512)
                .request(0, 0xffff, 2, -1, -1)
                .read(3, 0, 1));

        assertEquals(
                List.of(Reply.error(1, Nbd.NBD_EINVAL), Reply.error(2, Nbd.NBD_EINVAL), Reply.ok(3, bytes(0))),
                socket.replies(0, 0, 1));
    }

    @Test
    void disconnectEndsTheConnection() {
        Requests requests = new Requests().flush(1).disconnect().flush(2);

        assertEquals(State.DISCONNECTED, take(requests));

        assertEquals(List.of(Reply.ok(1)), socket.replies(0));
    }

    @Test
    void garbageEndsTheConnection() {
        assertEquals(State.BROKEN, take(new Requests().flush(1).raw(new byte[28])));

        assertTrue(transmission.fault().contains("magic"), transmission.fault());
        assertEquals(List.of(Reply.ok(1)), socket.replies(0));
    }

    /** Requests and replies are the same for every split of the bytes. */
    @Test
    void inputMayBeSplitAnywhere() {
        byte[] whole = new Requests()
                .write(1, 100, bytes(1, 2, 3, 4, 5))
                .write(2, 1 << 20, bytes(6, 7, 8))
                .read(3, 100, 6)
                .request(0, 99, 4, 0, 0)
                .write(5, 102, bytes(9))
                .read(6, 100, 6)
                .toBytes();

        for (int piece = 1; piece <= whole.length; piece++) {
            FakeSocket fresh = new FakeSocket();
            ReplyQueue queue = fresh.queue(pool);
            MemoryDrive freshDrive = new MemoryDrive("vm1", 1 << 20, false);
            offer(new TransmissionCodec("client", simple(freshDrive), queue, pool, tasks::add), whole, piece);

            assertEquals(
                    List.of(
                            Reply.ok(1),
                            Reply.error(2, Nbd.NBD_ENOSPC),
                            Reply.ok(3, bytes(1, 2, 3, 4, 5, 0)),
                            Reply.error(4, Nbd.NBD_EINVAL),
                            Reply.ok(5),
                            Reply.ok(6, bytes(1, 2, 9, 4, 5, 0))),
                    fresh.replies(0, 0, 6, 0, 0, 6),
                    "pieces of " + piece);
        }
    }

    /** Passes bytes in pieces of this size. Unread bytes are passed again as a connection does. */
    private static void offer(TransmissionCodec to, byte[] bytes, int piece) {
        int taken = 0;
        for (int end = piece; taken < bytes.length; end += piece) {
            ByteBuffer in = ByteBuffer.wrap(bytes, taken, Math.min(end, bytes.length) - taken)
                    .slice();
            to.take(in);
            taken += in.position();
        }
    }

    @Test
    void payloadMayBeReadDirectly() {
        take(new Requests().request(0, Nbd.NBD_CMD_WRITE, 1, 0, 4).raw(bytes(1)));

        ByteBuffer payload = transmission.payload();
        assertNotNull(payload);
        payload.put(bytes(2, 3, 4));

        assertEquals(State.INCOMPLETE, take(new Requests().flush(2)));
        assertArrayEquals(bytes(1, 2, 3, 4), drive.content(0, 4));
        assertEquals(List.of(Reply.ok(1), Reply.ok(2)), socket.replies(0, 0));
    }

    @Test
    void fullQuotaResumesAtHalf() {
        drive.hold();
        Requests requests = new Requests();
        IntStream.rangeClosed(0, MAX_REQUESTS).forEach(requests::flush);
        ByteBuffer in = ByteBuffer.wrap(requests.toBytes());

        assertEquals(State.FULL, transmission.take(in));
        assertEquals(Nbd.REQUEST_BYTES, in.remaining());
        drive.releaseFirst(MAX_REQUESTS / 2 - 1);
        assertEquals(0, socket.roomAgainCount());
        drive.releaseFirst(1);
        assertEquals(1, socket.roomAgainCount());

        assertEquals(State.INCOMPLETE, transmission.take(in));
        drive.release(false);
        assertEquals(1, socket.roomAgainCount());
        assertEquals(MAX_REQUESTS + 1, socket.replies(new int[MAX_REQUESTS + 1]).size());
    }

    @Test
    void heldReadsTakeNoMemory() {
        wide.hold();
        int longest = Drive.MAX_TRANSFER;
        ByteBuffer in = ByteBuffer.wrap(new Requests()
                .read(1, 0, longest)
                .read(2, 0, longest)
                .read(3, 0, 1)
                .toBytes());

        assertEquals(State.FULL, wideTransmission.take(in));
        assertEquals(2, wide.heldCount());
        assertEquals(0, pool.lent());
        wide.releaseFirst(1);

        assertEquals(1, socket.roomAgainCount());
        assertEquals(State.INCOMPLETE, wideTransmission.take(in));
        wide.release(false);
        assertEquals(3, socket.replies(longest, longest, 1).size());
    }

    @Test
    void payloadBufferGrowsAsDataArrives() {
        byte[] payload = new byte[Drive.MAX_TRANSFER];
        new Random(1).nextBytes(payload);
        ByteBuffer in = ByteBuffer.wrap(new Requests().write(1, 0, payload).toBytes());
        int end = in.limit();
        int most = 0;
        for (int sent = Nbd.REQUEST_BYTES; sent < end; sent = Math.min(end, sent + 300_000)) {
            assertEquals(State.INCOMPLETE, wideTransmission.take(in.limit(sent)));
            int room = Objects.requireNonNull(wideTransmission.payload()).limit();
            assertTrue(
                    room <= NbdRequest.FIRST_PAYLOAD_BYTES || sent > NbdRequest.FIRST_PAYLOAD_BYTES,
                    room + " for " + sent);
            most = Math.max(most, room);
        }
        assertEquals(Drive.MAX_TRANSFER, most);
        assertEquals(State.INCOMPLETE, wideTransmission.take(in.limit(end)));
        wideTransmission.take(
                ByteBuffer.wrap(new Requests().read(2, 0, Drive.MAX_TRANSFER).toBytes()));

        assertEquals(List.of(Reply.ok(1), Reply.ok(2, payload)), socket.replies(0, Drive.MAX_TRANSFER));
    }

    @Test
    void unreadRepliesCountAgainstTheQuota() {
        socket.room(100);
        int half = Drive.MAX_TRANSFER;
        ByteBuffer in = ByteBuffer.wrap(new Requests()
                .read(1, 0, half)
                .read(2, 0, half)
                .flush(3)
                .read(4, 0, 1)
                .toBytes());

        assertEquals(State.FULL, wideTransmission.take(in));
        assertEquals(1, pool.lent());
        socket.room(Long.MAX_VALUE);
        replies.writeOn();
        runTasks();

        assertEquals(State.INCOMPLETE, wideTransmission.take(in));
    }

    /** A drive accepts 32 MiB per request and a client may trim 4 GiB. */
    @Test
    void longTrimIsSplit() {
        long length = 3L * Drive.MAX_TRANSFER + 1;
        takeWide(new Requests().request(FUA, Nbd.NBD_CMD_TRIM, 1, 512, length));

        runTasks();

        int part = Drive.MAX_TRANSFER;
        assertEquals(
                List.of(
                        new Seen(Operation.TRIM, 512, part, true, false),
                        new Seen(Operation.TRIM, 512 + part, part, true, false),
                        new Seen(Operation.TRIM, 512 + 2 * part, part, true, false),
                        new Seen(Operation.TRIM, 512 + 3L * part, 1, true, false)),
                wide.seen());
        assertEquals(List.of(Reply.ok(1)), socket.replies(0));
    }

    private void runTasks() {
        for (Runnable task = tasks.poll(); task != null; task = tasks.poll()) {
            task.run();
        }
    }

    @Test
    void splitTrimEndsAtTheFirstError() {
        takeWide(new Requests().request(0, Nbd.NBD_CMD_TRIM, 1, 0, -1));
        wide.fail(BlockError.EIO);
        tasks.remove().run();

        assertEquals(List.of(Reply.error(1, Nbd.NBD_EIO)), socket.replies(0));
        assertTrue(tasks.isEmpty());
    }

    @Test
    void splitTrimEndsWithTheConnection() {
        takeWide(new Requests().request(0, Nbd.NBD_CMD_TRIM, 1, 0, -1));
        replies.close();
        wideTransmission.close();
        tasks.remove().run();

        assertEquals(1, wide.seen().size());
        assertEquals(List.of(), socket.replies());
    }

    @Test
    void closeDropsAHalfReceivedWrite() {
        take(new Requests().request(0, Nbd.NBD_CMD_WRITE, 1, 0, 4).raw(bytes(1)));
        assertEquals(1, pool.lent());

        transmission.close();

        assertEquals(List.of(), drive.seen());
    }

    private State take(Requests requests) {
        return transmission.take(ByteBuffer.wrap(requests.toBytes()));
    }

    private void takeWide(Requests requests) {
        wideTransmission.take(ByteBuffer.wrap(requests.toBytes()));
    }

    private static byte[] bytes(int... values) {
        byte[] bytes = new byte[values.length];
        for (int i = 0; i < values.length; i++) {
            bytes[i] = (byte) values[i];
        }
        return bytes;
    }
}
