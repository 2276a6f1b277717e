package dev.weir.backend.nbd;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.weir.block.BlockDevice;
import dev.weir.block.Operation;
import dev.weir.nbd.spec.Nbd;
import dev.weir.nbd.spec.NbdMode;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.util.Arrays;
import java.util.List;
import java.util.Random;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;

/** Replies that break the protocol: the connection ends with a reason and the request is served by the next one. */
class HostileServerTest extends NbdDeviceFixture {
    private static final int LENGTH = 4096;

    HostileServerTest() throws IOException {}

    private static Arguments reply(Operation operation, String why, FarServer.Handler handler) {
        return Arguments.of(operation, why, handler);
    }

    private static ByteBuffer bytes(int count) {
        return ByteBuffer.allocate(count);
    }

    static Stream<Arguments> replies() {
        String elsewhere = "it sends data outside of the read";
        String twice = "it sends data of a read twice";
        String chunk = "which is wrong in this place";
        return Stream.of(
                reply(Operation.READ, "which is no reply of the negotiated kind", (request, far) -> far.raw(bytes(64))),
                reply(Operation.READ, "which is no reply of the negotiated kind", (r, far) -> far.simple(r, 0)),
                reply(Operation.READ, "it ends a read without all of its data", (r, far) -> far.ok(r)),
                reply(Operation.READ, "it ends a read without all of its data", (r, far) -> {
                    far.part(r, r.offset(), new byte[1000], false);
                    far.part(r, r.offset() + 1001, new byte[LENGTH - 1001], true);
                }),
                reply(Operation.READ, elsewhere, (r, far) -> far.part(r, r.offset() - 1, new byte[2], true)),
                reply(Operation.READ, elsewhere, (r, far) -> far.part(r, r.offset(), new byte[LENGTH + 1], true)),
                reply(Operation.READ, elsewhere, (r, far) -> far.part(r, Long.MIN_VALUE, new byte[1], true)),
                reply(Operation.READ, elsewhere, (r, far) -> far.part(r, Long.MAX_VALUE, new byte[1], true)),
                reply(Operation.READ, elsewhere, (r, far) -> far.hole(r, r.offset(), 0, false)),
                reply(Operation.READ, elsewhere, (r, far) -> far.hole(r, r.offset(), -1, false)),
                reply(Operation.READ, twice, (r, far) -> {
                    far.part(r, r.offset(), new byte[LENGTH], false);
                    far.hole(r, r.offset() + LENGTH - 1, 1, true);
                }),
                reply(Operation.READ, twice, (r, far) -> {
                    far.part(r, r.offset() + 100, new byte[100], false);
                    far.part(r, r.offset(), new byte[101], true);
                }),
                reply(Operation.READ, "it scatters the data of a read over more than 1024 places", (r, far) -> {
                    for (int i = 1; i < LENGTH; i += 2) {
                        far.part(r, r.offset() + i, new byte[1], false);
                    }
                }),
                reply(Operation.READ, chunk, (r, far) -> far.chunk(r, Nbd.NBD_REPLY_TYPE_OFFSET_DATA, true, bytes(8))),
                reply(Operation.READ, chunk, (r, far) -> far.chunk(r, Nbd.NBD_REPLY_TYPE_OFFSET_HOLE, true, bytes(13))),
                reply(Operation.READ, chunk, (r, far) -> far.chunk(r, Nbd.NBD_REPLY_TYPE_NONE, false, bytes(0))),
                reply(Operation.READ, chunk, (r, far) -> far.chunk(r, Nbd.NBD_REPLY_TYPE_NONE, true, bytes(1))),
                reply(Operation.READ, chunk, (r, far) -> far.status(r, LENGTH, 0)),
                reply(Operation.READ, chunk, (r, far) -> far.chunk(r, Nbd.NBD_REPLY_TYPE_ERROR, true, bytes(6))),
                reply(Operation.READ, chunk, (r, far) -> far.chunk(r, Nbd.NBD_REPLY_TYPE_ERROR, true, bytes(5))),
                reply(Operation.READ, chunk, (r, far) -> far.chunk(r, Nbd.NBD_REPLY_TYPE_ERROR, true, bytes(5000))),
                reply(
                        Operation.READ,
                        chunk,
                        (r, far) -> far.chunk(
                                r,
                                Nbd.NBD_REPLY_TYPE_ERROR,
                                true,
                                bytes(8).putInt(5).putShort((short) 3).rewind())),
                reply(
                        Operation.READ,
                        "it sends a chunk of the unknown type 99",
                        (r, far) -> far.chunk(r, 99, true, bytes(4))),
                reply(
                        Operation.READ,
                        "it answers a request that was not sent",
                        (r, far) -> far.ok(new FarServer.Request(0, 0, r.cookie() + 1, r.offset(), 0, bytes(0)))),
                reply(
                        Operation.READ,
                        "it answers a request that was not sent",
                        (r, far) ->
                                far.ok(new FarServer.Request(0, 0, r.cookie() ^ 1L << 40, r.offset(), 0, bytes(0)))),
                reply(
                        Operation.READ,
                        "it answers a request with the offset of another one",
                        (r, far) -> far.ok(new FarServer.Request(0, 0, r.cookie(), r.offset() + 1, 0, bytes(0)))),
                reply(Operation.WRITE, "it answers a request that was not sent", (r, far) -> {
                    far.ok(r);
                    far.ok(r);
                }),
                reply(Operation.WRITE, chunk, (r, far) -> far.part(r, r.offset(), new byte[LENGTH], true)),
                reply(Operation.WRITE, chunk, (r, far) -> far.hole(r, r.offset(), LENGTH, true)),
                reply(Operation.BLOCK_STATUS, "it ends a block status without extents", (r, far) -> far.ok(r)),
                reply(Operation.BLOCK_STATUS, "it reports an extent of 0 bytes", (r, far) -> far.status(r, 0, 0)),
                reply(
                        Operation.BLOCK_STATUS,
                        "it reports an extent of 18446744073709551615 bytes",
                        (r, far) -> far.status(r, -1, 0)),
                reply(Operation.BLOCK_STATUS, chunk, (r, far) -> far.status(r)),
                reply(
                        Operation.BLOCK_STATUS,
                        chunk,
                        (r, far) -> far.chunk(
                                r,
                                Nbd.NBD_REPLY_TYPE_BLOCK_STATUS_EXT,
                                true,
                                bytes(24).putInt(8).putInt(1).putLong(LENGTH).rewind())),
                reply(
                        Operation.BLOCK_STATUS,
                        chunk,
                        (r, far) -> far.chunk(
                                r,
                                Nbd.NBD_REPLY_TYPE_BLOCK_STATUS_EXT,
                                true,
                                bytes(24).putInt(7).putInt(2).putLong(LENGTH).rewind())),
                reply(
                        Operation.BLOCK_STATUS,
                        chunk,
                        (r, far) -> far.chunk(
                                r,
                                Nbd.NBD_REPLY_TYPE_BLOCK_STATUS,
                                true,
                                bytes(12).putInt(7).putInt(LENGTH).rewind())));
    }

    private static TestRequest request(Operation operation) {
        return switch (operation) {
            case READ -> TestRequest.read(8192, LENGTH);
            case WRITE -> TestRequest.fill(8192, LENGTH, 3);
            default -> TestRequest.of(operation, 8192, LENGTH);
        };
    }

    @ParameterizedTest
    @MethodSource("replies")
    void brokenReplyEndsTheConnection(Operation operation, String why, FarServer.Handler handler) throws Exception {
        FarServer.Handler serving = server.handler;
        Arrays.fill(server.disk, (byte) 9);
        BlockDevice device = open();
        server.handler = handler;

        TestRequest request = request(operation).to(device);
        server.next();
        server.handler = serving;

        advanceUntil(() -> !logged.isEmpty());
        assertTrue(logged.get(0).contains(why), logged::toString);
        advanceUntil(request::isDone);
        byte[] read = request.ok();
        if (operation == Operation.READ) {
            byte[] expected = new byte[LENGTH];
            Arrays.fill(expected, (byte) 9);
            assertArrayEquals(expected, read);
        }
    }

    @Test
    void structuredReadNeedsAStructuredReply() throws Exception {
        server.bestMode = NbdMode.STRUCTURED;
        BlockDevice device = open();
        server.handler = (request, far) -> far.simple(request, 0);

        TestRequest.read(0, 10).to(device);

        advanceUntil(() -> !logged.isEmpty());
        assertTrue(logged.get(0).contains("it sends data without a structured reply"), logged::toString);
    }

    @Test
    void randomBytesNeverHangOrCrashTheDevice() throws Exception {
        FarServer.Handler serving = server.handler;
        BlockDevice device = open();
        for (int seed = 0; seed < 50; seed++) {
            Random random = new Random(seed);
            server.handler = (request, far) -> {
                byte[] noise = new byte[random.nextInt(200)];
                random.nextBytes(noise);
                ByteBuffer reply = ByteBuffer.allocate(32 + noise.length);
                reply.putInt(Nbd.NBD_EXTENDED_REPLY_MAGIC)
                        .putShort((short) random.nextInt(2))
                        .putShort((short) (random.nextInt(8) | random.nextInt(2) << 15))
                        .putLong(request.cookie())
                        .putLong(request.offset())
                        .putLong(random.nextInt(200))
                        .put(noise);
                far.raw(reply.flip());
                far.close();
            };
            Operation operation = List.of(Operation.READ, Operation.WRITE, Operation.BLOCK_STATUS)
                    .get(seed % 3);
            TestRequest request = request(operation).to(device);
            server.next();
            server.handler = serving;
            advanceUntil(request::isDone);
        }
        assertFalse(logged.toString().contains("internal"), logged::toString);
    }
}
