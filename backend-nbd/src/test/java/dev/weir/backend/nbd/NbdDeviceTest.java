package dev.weir.backend.nbd;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.weir.block.BlockDevice;
import dev.weir.block.BlockError;
import dev.weir.block.Operation;
import dev.weir.nbd.spec.Nbd;
import dev.weir.nbd.spec.NbdMode;
import java.io.IOException;
import java.util.Arrays;
import java.util.HashSet;
import java.util.List;
import java.util.Objects;
import java.util.Random;
import java.util.Set;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.LinkedBlockingQueue;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.EnumSource;

/** The operations of a device as the server sees them. */
class NbdDeviceTest extends NbdDeviceFixture {
    NbdDeviceTest() throws IOException {}

    @ParameterizedTest
    @EnumSource(NbdMode.class)
    void everyFramingReadsAndWrites(NbdMode mode) throws Exception {
        server.bestMode = mode;
        BlockDevice device = open();
        byte[] bytes = new byte[1_000_003];
        new Random(1).nextBytes(bytes);

        TestRequest.write(77, bytes).to(device).ok();
        TestRequest.write(5, (byte) 1, (byte) 2).to(device).ok();

        assertArrayEquals(bytes, TestRequest.read(77, bytes.length).to(device).ok());
        assertArrayEquals(
                new byte[] {0, 1, 2, 0}, TestRequest.read(4, 4).to(device).ok());
    }

    @ParameterizedTest
    @EnumSource(NbdMode.class)
    void everyFramingReportsErrors(NbdMode mode) throws Exception {
        server.bestMode = mode;
        server.handler = (request, connection) -> connection.error(request, (int) request.offset());
        BlockDevice device = open();
        List<BlockError> expected = List.of(
                BlockError.EPERM,
                BlockError.EIO,
                BlockError.ENOMEM,
                BlockError.EINVAL,
                BlockError.ENOSPC,
                BlockError.EINVAL,
                BlockError.ENOTSUP,
                BlockError.EIO);
        List<Integer> numbers = List.of(1, 5, 12, 22, 28, 75, 95, 200);
        for (int i = 0; i < numbers.size(); i++) {
            TestRequest.read(numbers.get(i), 4096).to(device).fails(expected.get(i));
            TestRequest.write(numbers.get(i), (byte) 1).to(device).fails(expected.get(i));
        }
    }

    @Test
    void exportWithoutGoIsEnteredByName() throws Exception {
        server.hasGo = false;
        BlockDevice device = open();

        assertEquals(SIZE, device.size());
        TestRequest.write(0, (byte) 9).to(device).ok();
        assertEquals(9, server.disk[0]);
    }

    @Test
    void serverWithoutOptionsIsEnteredByName() throws Exception {
        server.greeting = Nbd.NBD_FLAG_NO_ZEROES;

        assertEquals(SIZE, open().size());
    }

    @ParameterizedTest
    @CsvSource({
        "FLUSH, false, false, '3 0+0'",
        "TRIM, false, false, '4 4096+8192'",
        "TRIM, true, false, '4/1 4096+8192'",
        "WRITE_ZEROES, false, false, '6/2 4096+8192'",
        "WRITE_ZEROES, true, true, '6/1 4096+8192'",
        "FAST_ZERO, false, true, '6/16 4096+8192'",
        "CACHE, false, false, '5 4096+8192'"
    })
    void operationsAreForwardedWithTheirFlags(Operation operation, boolean fua, boolean unmap, String expected)
            throws Exception {
        BlockDevice device = open();
        boolean flush = operation == Operation.FLUSH;
        TestRequest request = TestRequest.of(operation, flush ? 0 : 4096, flush ? 0 : 8192);
        request.fua(fua);
        request.mayUnmap(unmap);

        request.to(device).ok();

        assertEquals(expected, server.next().toString());
    }

    @Test
    void forceUnitAccessIsForwarded() throws Exception {
        BlockDevice device = open();

        TestRequest.write(0, (byte) 1).withFua().to(device).ok();

        assertEquals("1/1 0+1", server.next().toString());
        assertTrue(server.requests.isEmpty());
    }

    @Test
    void forceUnitAccessBecomesAFlushWhereTheServerLacksIt() throws Exception {
        server.flags = FarServer.ALL_FLAGS & ~Nbd.NBD_FLAG_SEND_FUA;
        BlockDevice device = open();

        TestRequest.write(0, (byte) 1).withFua().to(device).ok();

        assertEquals("1 0+1", server.next().toString());
        assertEquals("3 0+0", server.next().toString());
    }

    @Test
    void lackingAbilitiesAreReplaced() throws Exception {
        server.flags = Nbd.NBD_FLAG_HAS_FLAGS;
        server.hasContext = false;
        BlockDevice device = open();
        Arrays.fill(server.disk, (byte) 7);

        TestRequest.flush().to(device).ok();
        TestRequest.of(Operation.TRIM, 0, 4096).to(device).ok();
        TestRequest.of(Operation.CACHE, 0, 4096).to(device).ok();
        TestRequest status = TestRequest.of(Operation.BLOCK_STATUS, 0, 4096).to(device);
        status.ok();
        TestRequest.of(Operation.FAST_ZERO, 0, 4096).to(device).fails(BlockError.ENOTSUP);
        TestRequest.of(Operation.WRITE_ZEROES, 1, SIZE - 2).to(device).ok();

        assertFalse(device.zeroesFast(true));
        assertEquals(List.of("data 4096"), status.extents);
        byte[] expected = new byte[SIZE];
        expected[0] = expected[SIZE - 1] = 7;
        assertArrayEquals(expected, server.disk);
        assertEquals("1 1+1048576", server.next().toString());
    }

    @Test
    void longRequestsAreSplitAtTheServersMaximum() throws Exception {
        server.minBlock = 512;
        server.maxBlock = 100_000;
        BlockDevice device = open();
        byte[] bytes = new byte[512 * 500];
        new Random(2).nextBytes(bytes);

        TestRequest.write(512, bytes).to(device).ok();

        assertEquals(512, device.blockSize());
        assertEquals("1 512+99840", server.next().toString());
        assertEquals("1 100352+99840", server.next().toString());
        assertEquals("1 200192+56320", server.next().toString());
        assertArrayEquals(bytes, TestRequest.read(512, bytes.length).to(device).ok());
        assertEquals("0 512+99840", server.next().toString());
    }

    @Test
    void errorOfOnePartIsTheErrorOfTheRequest() throws Exception {
        server.maxBlock = 4096;
        server.handler = (request, connection) -> {
            if (request.offset() == 4096) {
                connection.error(request, Nbd.NBD_ENOSPC);
            } else {
                connection.serve(request);
            }
        };
        BlockDevice device = open();

        TestRequest.fill(0, 3 * 4096, 1).to(device).fails(BlockError.ENOSPC);
        assertEquals(List.of("the server answers WRITE of 12288 bytes at 0 with ENOSPC"), failed);
    }

    @Test
    void readMayArriveInPartsAndHolesInAnyOrder() throws Exception {
        server.handler = (request, connection) -> {
            connection.part(request, 300, new byte[] {3, 3}, false);
            connection.hole(request, 100, 100, false);
            connection.part(request, 302, new byte[] {4, 4, 4}, false);
            connection.hole(request, 200, 100, true);
        };
        BlockDevice device = open();
        byte[] expected = new byte[205];
        System.arraycopy(new byte[] {3, 3, 4, 4, 4}, 0, expected, 200, 5);

        assertArrayEquals(expected, TestRequest.read(100, 205).to(device).ok());
    }

    @ParameterizedTest
    @EnumSource(
            value = NbdMode.class,
            names = {"STRUCTURED", "EXTENDED"})
    void blockStatusIsAskedUntilTheRangeIsCovered(NbdMode mode) throws Exception {
        server.bestMode = mode;
        server.handler = (request, connection) -> {
            if (request.offset() == 0) {
                connection.status(request, 4096, 3, 1000, 0);
            } else {
                connection.status(request, 3096, 2, 1L << 30, 3);
            }
        };
        BlockDevice device = open();

        TestRequest status = TestRequest.of(Operation.BLOCK_STATUS, 0, 10_000).to(device);
        status.ok();

        assertEquals(List.of("hole 4096", "data 1000", "data 3096", "hole 1808"), status.extents);
        assertEquals("7 0+10000", server.next().toString());
        assertEquals("7 5096+4904", server.next().toString());
    }

    @Test
    void readOnlyExportIsAReadOnlyDevice() throws Exception {
        assertFalse(open().readOnly());
        server.flags |= Nbd.NBD_FLAG_READ_ONLY;
        assertTrue(open().readOnly());
    }

    @Test
    void changesOfTheSameBytesAreNeverInFlightTogether() throws Exception {
        server.handler = (request, connection) -> {};
        BlockDevice device = open();
        FarServer.Connection replies = Objects.requireNonNull(connection);

        TestRequest first = TestRequest.fill(0, 4096, 1).to(device);
        TestRequest second = TestRequest.fill(4095, 10, 2).to(device);
        TestRequest trim = TestRequest.of(Operation.TRIM, 4000, 200).to(device);
        TestRequest apart = TestRequest.fill(8192, 1, 3).to(device);
        FarServer.Request one = server.next();
        FarServer.Request other = server.next();

        assertEquals("1 0+4096", one.toString());
        assertEquals("1 8192+1", other.toString());
        replies.ok(other);
        apart.ok();
        assertTrue(server.requests.isEmpty());
        assertFalse(second.isDone() || trim.isDone());
        replies.ok(one);
        first.ok();
        FarServer.Request next = server.next();
        assertEquals("1 4095+10", next.toString());
        replies.ok(next);
        second.ok();
        replies.ok(server.next());
        trim.ok();
    }

    @Test
    void severalConnectionsAreUsedIfTheServerAllowsThem() throws Exception {
        options.put("connections", 3L);
        server.flags |= Nbd.NBD_FLAG_CAN_MULTI_CONN;
        BlockingQueue<FarServer.Connection> users = new LinkedBlockingQueue<>();
        server.handler = (request, connection) -> users.add(connection);
        BlockDevice device = open();
        Set<FarServer.Connection> used = new HashSet<>();

        // unanswered requests make the other connections the better choice as soon as they are up
        for (int i = 0; used.size() < 3; i++) {
            TestRequest.read(i, 1).to(device);
            used.add(users.take());
        }

        assertEquals(3, used.size());
    }

    @Test
    void oneConnectionIsUsedIfTheServerAllowsNoMore() throws Exception {
        options.put("connections", 3L);
        BlockDevice device = open();

        TestRequest.read(0, 1).to(device).ok();

        assertTrue(server.connections.isEmpty());
    }

    @Test
    void closeTellsTheServer() throws Exception {
        BlockDevice device = open();
        device.close();

        assertTrue(Objects.requireNonNull(connection).awaitEnd(), "the server saw no orderly end");
    }
}
