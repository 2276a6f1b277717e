package dev.weir.nbd.connection;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
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
import dev.weir.nbd.protocol.RequestError;
import dev.weir.nbd.spec.Nbd;
import dev.weir.nbd.spec.NbdMode;
import java.nio.ByteBuffer;
import java.util.ArrayDeque;
import java.util.List;
import java.util.Objects;
import java.util.Queue;
import java.util.stream.LongStream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.EnumSource.Mode;
import org.junit.jupiter.params.provider.ValueSource;

/** Transmission with structured replies and with extended headers, checked byte by byte. */
class ReplyModesTest {
    private static final int SIZE = 8 << 20;
    private static final long TIB = 1L << 40;

    private final MemoryDrive drive = new MemoryDrive("vm1", SIZE, false);
    private final BufferPool pool = new BufferPool(1 << 20, ReplyWriter.MAX_DATA_HEADER_BYTES);
    private final FakeSocket socket = new FakeSocket();
    private final ReplyQueue replies = socket.queue(pool);
    private final Queue<Runnable> tasks = new ArrayDeque<>();
    private NbdMode mode = NbdMode.EXTENDED;
    private boolean allocation = true;
    private final TransmissionCodec transmission = transmission(drive, replies);

    @AfterEach
    void everyBufferIsBack() {
        assertEquals(0, pool.lent());
        assertTrue(replies.isDone());
    }

    @ParameterizedTest
    @EnumSource(mode = Mode.EXCLUDE, names = "SIMPLE")
    void readIsOneChunk(NbdMode any) {
        mode = any;
        take(requests().write(1, 512, bytes(1, 2, 3)));
        int dontFragment = Nbd.NBD_CMD_FLAG_DF;
        take(requests().read(7, 511, 5).request(dontFragment, Nbd.NBD_CMD_READ, 8, 513, 1));

        ByteBuffer written = afterOk(1);
        Chunk first = Chunk.take(written, mode);
        Chunk second = Chunk.take(written, mode);
        assertEquals(7, first.cookie());
        assertEquals(ByteBuffer.wrap(bytes(0, 1, 2, 3, 0)), first.data(511));
        assertEquals(8, second.cookie());
        assertEquals(ByteBuffer.wrap(bytes(2)), second.data(513));
        assertEquals(mode == NbdMode.EXTENDED ? List.of(511L, 513L) : List.of(0L, 0L), offsets(first, second));
        assertFalse(written.hasRemaining());
    }

    private static List<Long> offsets(Chunk first, Chunk second) {
        return List.of(first.offset(), second.offset());
    }

    /** A success without data takes the fewest bytes that the mode allows. */
    @ParameterizedTest
    @EnumSource(NbdMode.class)
    void successUsesTheShortestReply(NbdMode any) {
        mode = any;
        take(requests().flush(1).request(0, Nbd.NBD_CMD_TRIM, 2, 512, 512));

        ByteBuffer written = socket.written();
        if (mode == NbdMode.EXTENDED) {
            assertEquals(new Chunk(0, 1, 0, ByteBuffer.allocate(0)), Chunk.take(written, mode));
            assertEquals(new Chunk(0, 2, 512, ByteBuffer.allocate(0)), Chunk.take(written, mode));
        } else {
            assertEquals(Reply.ok(1), Reply.takeHeader(written));
            assertEquals(Reply.ok(2), Reply.takeHeader(written));
        }
        assertFalse(written.hasRemaining());
    }

    @ParameterizedTest
    @EnumSource(mode = Mode.EXCLUDE, names = "SIMPLE")
    void errorNamesTheRule(NbdMode any) {
        mode = any;
        take(requests().read(7, SIZE, 1).request(0, 99, 8, 1, 1));

        ByteBuffer written = socket.written();
        Chunk beyond = Chunk.take(written, mode);
        assertEquals(Nbd.NBD_EINVAL, beyond.error());
        assertEquals(7, beyond.cookie());
        assertEquals("the range must be within the export", beyond.words());
        assertEquals("the command is not known", Chunk.take(written, mode).words());
        assertFalse(written.hasRemaining());
    }

    /** A backend's exception may contain a path. A reply must not. */
    @ParameterizedTest
    @EnumSource(BlockError.class)
    void driveErrorHidesTheStorage(BlockError error) {
        drive.fail(error);
        take(requests().read(1, 0, 512));

        Chunk chunk = Chunk.take(socket.written(), mode);
        assertEquals(RequestError.of(error).value, chunk.error());
        assertFalse(chunk.words().contains("vm1") || chunk.words().contains("/"), chunk.words());
    }

    @Test
    void tooLongReadIsOverflow() {
        mode = NbdMode.STRUCTURED;
        MemoryDrive wide = new MemoryDrive("wide", TIB, ByteBuffer.allocate(0), false);
        take(wide, requests().read(1, 0, Drive.MAX_TRANSFER + 1));

        assertEquals(Nbd.NBD_EOVERFLOW, Chunk.take(socket.written(), mode).error());
    }

    @ParameterizedTest
    @EnumSource(mode = Mode.EXCLUDE, names = "SIMPLE")
    void blockStatusReportsDataAndHolesOnce(NbdMode any) {
        mode = any;
        take(requests().write(1, 4096, new byte[] {1}).write(2, 8191, new byte[] {1}));
        take(requests().request(0, Nbd.NBD_CMD_BLOCK_STATUS, 9, 100, SIZE - 100));

        Chunk chunk = Chunk.take(afterOk(2), mode);
        assertEquals(9, chunk.cookie());
        assertEquals(List.of(-3996L, 512L, -3072L, 512L, -(SIZE - 8192L)), chunk.extents());
    }

    @ParameterizedTest
    @EnumSource(mode = Mode.EXCLUDE, names = "SIMPLE")
    void reqOneReportsOneExtent(NbdMode any) {
        mode = any;
        int one = Nbd.NBD_CMD_FLAG_REQ_ONE;
        take(requests().write(1, 4096, new byte[] {1}));
        take(requests()
                .request(one, Nbd.NBD_CMD_BLOCK_STATUS, 2, 100, SIZE - 100)
                .request(one, Nbd.NBD_CMD_BLOCK_STATUS, 3, 0, 1000));

        ByteBuffer written = afterOk(1);
        assertEquals(List.of(-3996L), Chunk.take(written, mode).extents());
        assertEquals(List.of(-1000L), Chunk.take(written, mode).extents());
    }

    /** Beyond the limit the reply covers a shorter range and the client asks again. */
    @Test
    void blockStatusExtentsAreBounded() {
        for (int block = 0; block < 2 * TransmissionCodec.MAX_EXTENTS; block++) {
            take(requests().write(block, block * 1024L, new byte[] {1}));
        }
        FakeSocket second = new FakeSocket();
        ReplyQueue queue = second.queue(pool);
        transmission(drive, queue)
                .take(ByteBuffer.wrap(requests()
                        .request(0, Nbd.NBD_CMD_BLOCK_STATUS, 1, 0, SIZE)
                        .toBytes()));

        List<Long> extents = Chunk.take(second.written(), mode).extents();
        assertEquals(
                LongStream.range(0, TransmissionCodec.MAX_EXTENTS)
                        .mapToObj(i -> i % 2 == 0 ? 512L : -512L)
                        .toList(),
                extents);
    }

    /** A backend may report no extents. Data is a valid state of any range. */
    @Test
    void unreportedRangeIsData() {
        NbdRequest request = new NbdRequest("client", transmission(drive, replies), mode, pool);
        request.begin(1, 5);
        request.blockStatus(5, TIB, 1);
        request.finish(null);

        assertEquals(
                List.of(TIB),
                Chunk.take(Objects.requireNonNull(request.data()), mode).extents());
        request.giveBackData();
    }

    @Test
    void statusNeedsItsContext() {
        allocation = false;
        take(requests().request(0, Nbd.NBD_CMD_BLOCK_STATUS, 1, 0, 512));

        Chunk chunk = Chunk.take(socket.written(), mode);
        assertEquals(Nbd.NBD_EINVAL, chunk.error());
        assertTrue(chunk.words().contains("context"), chunk.words());
    }

    @Test
    void statusMayNameContexts() {
        int named = Nbd.NBD_CMD_FLAG_PAYLOAD_LEN;
        Requests requests = requests()
                .request(named, Nbd.NBD_CMD_BLOCK_STATUS, 1, 512, 12)
                .raw(statusPayload(1024, 1))
                .request(named, Nbd.NBD_CMD_BLOCK_STATUS, 2, 512, 12)
                .raw(statusPayload(1024, 2))
                .request(named, Nbd.NBD_CMD_BLOCK_STATUS, 3, 512, 16)
                .raw(statusPayload(1024, 1))
                .raw(new byte[4])
                .request(named, Nbd.NBD_CMD_BLOCK_STATUS, 4, 512, 12)
                .raw(statusPayload(SIZE, 1))
                .flush(5);
        ByteBuffer pending = ByteBuffer.allocate(100);
        for (byte b : requests.toBytes()) {
            pending.put(b).flip();
            transmission.take(pending);
            pending.compact();
        }

        ByteBuffer written = socket.written();
        assertEquals(List.of(-1024L), Chunk.take(written, mode).extents());
        for (long cookie = 2; cookie <= 4; cookie++) {
            Chunk refused = Chunk.take(written, mode);
            assertEquals(cookie, refused.cookie());
            assertEquals(Nbd.NBD_EINVAL, refused.error());
        }
        assertEquals(5, Chunk.take(written, mode).cookie());
    }

    private static byte[] statusPayload(long length, int context) {
        return ByteBuffer.allocate(12).putLong(length).putInt(context).array();
    }

    @Test
    void unwantedPayloadIsSkipped() {
        int announced = Nbd.NBD_CMD_FLAG_PAYLOAD_LEN;
        take(requests()
                .request(announced, Nbd.NBD_CMD_READ, 1, 0, 5)
                .raw(new byte[5])
                .request(announced, Nbd.NBD_CMD_WRITE, 2, 0, 0)
                .request(0, Nbd.NBD_CMD_WRITE, 3, 0, 512)
                .flush(4));

        ByteBuffer written = socket.written();
        for (long cookie = 1; cookie <= 3; cookie++) {
            Chunk refused = Chunk.take(written, mode);
            assertEquals(cookie, refused.cookie());
            assertEquals(Nbd.NBD_EINVAL, refused.error());
        }
        assertEquals(4, Chunk.take(written, mode).cookie());
        assertEquals(1, drive.seen().size());
    }

    @ParameterizedTest
    @ValueSource(longs = {Drive.MAX_TRANSFER + 1, Long.MAX_VALUE, -1})
    void aPayloadBeyondTheBoundEndsTheConnection(long bytes) {
        Requests requests = requests().request(Nbd.NBD_CMD_FLAG_PAYLOAD_LEN, Nbd.NBD_CMD_WRITE, 1, 0, bytes);

        assertEquals(State.BROKEN, transmission.take(ByteBuffer.wrap(requests.toBytes())));
        assertTrue(transmission.fault().contains(Long.toUnsignedString(bytes)), transmission.fault());
    }

    @Test
    void wrongHeaderModeEndsTheConnection() {
        Requests simple = new Requests(NbdMode.STRUCTURED).flush(1);

        assertEquals(State.BROKEN, transmission.take(ByteBuffer.wrap(simple.toBytes())));
        assertTrue(transmission.fault().contains("magic"), transmission.fault());
    }

    @Test
    void garbageEndsAtItsFourthByte() {
        assertEquals(State.INCOMPLETE, transmission.take(ByteBuffer.wrap(bytes(1, 2, 3))));
        assertEquals(State.BROKEN, transmission.take(ByteBuffer.wrap(bytes(1, 2, 3, 4))));
    }

    @Test
    void longRequestsAreSplit() {
        MemoryDrive wide = new MemoryDrive("wide", 4 * TIB, ByteBuffer.allocate(0), false);
        int noHole = Nbd.NBD_CMD_FLAG_NO_HOLE;
        int fast = Nbd.NBD_CMD_FLAG_FAST_ZERO;
        wide.hold();
        take(
                wide,
                requests()
                        .request(0, Nbd.NBD_CMD_TRIM, 1, TIB, 2 * TIB)
                        .request(noHole | fast, Nbd.NBD_CMD_WRITE_ZEROES, 2, 0, TIB)
                        .request(0, Nbd.NBD_CMD_CACHE, 3, TIB, TIB));

        assertEquals(
                List.of(
                        new Seen(Operation.TRIM, TIB, Drive.MAX_TRANSFER, false, false),
                        new Seen(Operation.FAST_ZERO, 0, Drive.MAX_TRANSFER, false, false),
                        new Seen(Operation.CACHE, TIB, Drive.MAX_TRANSFER, false, false)),
                wide.seen());
        wide.fail(BlockError.EIO);
        wide.release(false);
    }

    private Requests requests() {
        return new Requests(mode);
    }

    private TransmissionCodec transmission(Drive any, ReplyQueue queue) {
        return new TransmissionCodec("client", new NegotiatedSession(any, mode, allocation), queue, pool, tasks::add);
    }

    private void take(Requests requests) {
        take(drive, requests);
    }

    private void take(Drive any, Requests requests) {
        assertEquals(State.INCOMPLETE, transmission(any, replies).take(ByteBuffer.wrap(requests.toBytes())));
    }

    /** Returns the bytes behind that many replies of success. */
    private ByteBuffer afterOk(int count) {
        int each = mode == NbdMode.EXTENDED ? Nbd.EXTENDED_REPLY_BYTES : Nbd.SIMPLE_REPLY_BYTES;
        return socket.written().position(count * each);
    }

    private static byte[] bytes(int... values) {
        byte[] bytes = new byte[values.length];
        for (int i = 0; i < values.length; i++) {
            bytes[i] = (byte) values[i];
        }
        return bytes;
    }
}
