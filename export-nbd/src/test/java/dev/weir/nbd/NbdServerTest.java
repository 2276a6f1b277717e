package dev.weir.nbd;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.weir.nbd.connection.Reply;
import dev.weir.nbd.connection.Requests;
import dev.weir.nbd.quota.ClientQuotas;
import dev.weir.nbd.spec.Nbd;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.net.SocketAddress;
import java.nio.ByteBuffer;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Queue;
import java.util.Random;
import java.util.Set;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

@Timeout(60)
class NbdServerTest extends NbdServerFixture {
    private static final int MAX_REQUESTS = ClientQuotas.DEFAULT.maxRequests();

    NbdServerTest(@TempDir Path folder) {
        super(folder);
    }

    @Test
    void servesOverUnixAndTcp() throws Exception {
        for (SocketAddress address : List.of(unix(), tcp())) {
            try (NbdClient client = NbdClient.to(address, "vm1")) {
                client.send(new Requests().write(1, 512, bytes(7, 8, 9)));
                assertEquals(Reply.ok(1), client.reply());
                client.send(new Requests().read(2, 511, 5));
                assertEquals(Reply.ok(2, bytes(0, 7, 8, 9, 0)), client.reply(5));
                client.send(new Requests().disconnect());
                assertTrue(client.isClosedByServer());
            }
        }
    }

    @Test
    void busyPollingServes() throws Exception {
        server.busyPoll(1_000_000);
        servesOverUnixAndTcp();
        answersFromManyThreads();
    }

    @Test
    void answersEarlyRequests() throws Exception {
        ByteArrayOutputStream all = new ByteArrayOutputStream();
        all.writeBytes(new byte[] {0, 0, 0, FLAGS});
        all.writeBytes(NbdClient.option(Nbd.NBD_OPT_LIST));
        all.writeBytes(NbdClient.option(Nbd.NBD_OPT_EXPORT_NAME, "vm1".getBytes(UTF_8)));
        all.writeBytes(new Requests().read(1, 0, 1).read(2, 0, 2).toBytes());
        try (NbdClient client = new NbdClient(unix())) {
            client.send(all.toByteArray());
            client.receive(18);
            assertEquals(2, client.optionReplies().size());
            assertEquals(SIZE, client.receive(10).getLong());
            assertEquals(Reply.ok(1, bytes(0)), client.reply(1));
            assertEquals(Reply.ok(2, bytes(0, 0)), client.reply(2));
        }
    }

    @Test
    void answersHundredsOfPipelinedRequests() throws Exception {
        byte[] data = randomBytes(500 * 4096);
        try (NbdClient client = NbdClient.to(unix(), "vm1")) {
            client.send(writes(data));
            assertCookies(client, 500);
            assertArrayEquals(data, drive.content(0, data.length));

            client.send(reads(500));
            assertReads(client, 500, data);
        }
    }

    @Test
    void answersFromManyThreads() throws Exception {
        byte[] data = randomBytes(500 * 4096);
        ExecutorService executor = Executors.newFixedThreadPool(4);
        drive.on(executor);
        try (NbdClient one = NbdClient.to(unix(), "vm1");
                NbdClient other = NbdClient.to(tcp(), "vm1")) {
            one.send(writes(data));
            assertCookies(one, 500);
            one.send(reads(500));
            other.send(reads(500));
            assertReads(other, 500, data);
            assertReads(one, 500, data);
        } finally {
            executor.shutdown(); // a thread may hold its buffer until after the client has read
            assertTrue(executor.awaitTermination(60, TimeUnit.SECONDS));
        }
    }

    @Test
    void largePayloadsArriveIntact() throws Exception {
        byte[] data = randomBytes(5 << 20);
        try (NbdClient client = NbdClient.to(unix(), "vm1")) {
            client.send(new Requests().write(1, 3, data).flush(2).write(3, 0, bytes(1)));
            assertEquals(Reply.ok(1), client.reply());
            assertEquals(Reply.ok(2), client.reply());
            assertEquals(Reply.ok(3), client.reply());
            client.send(new Requests().read(4, 3, data.length));
            assertEquals(Reply.ok(4, data), client.reply(data.length));
        }
    }

    @Test
    void requestsMayArriveByteByByte() throws Exception {
        try (NbdClient client = NbdClient.to(tcp(), "vm1")) {
            for (byte b : new Requests().write(1, 0, bytes(1, 2)).read(2, 0, 2).toBytes()) {
                client.send(b);
            }
            assertEquals(Reply.ok(1), client.reply());
            assertEquals(Reply.ok(2, bytes(1, 2)), client.reply(2));
        }
    }

    @Test
    void repliesInCompletionOrder() throws Exception {
        drive.hold();
        try (NbdClient client = NbdClient.to(unix(), "vm1")) {
            client.send(new Requests().flush(1).flush(2).flush(3));
            drive.awaitHeld(3);
            drive.release(true);

            assertEquals(List.of(3L, 2L, 1L), List.of(cookie(client), cookie(client), cookie(client)));
        }
    }

    private static long cookie(NbdClient client) throws IOException {
        return client.reply().cookie();
    }

    /** As many other clients as threads, so that one of them shares the thread of the blocked client. */
    @Test
    void unreadRepliesBlockNoOther() throws Exception {
        byte[] data = randomBytes(SIZE);
        try (NbdClient stalled = NbdClient.to(unix(), "vm1");
                NbdClient writer = NbdClient.to(unix(), "vm1")) {
            writer.send(new Requests().write(1, 0, data));
            assertEquals(Reply.ok(1), writer.reply());
            for (int cookie = 0; cookie < 20; cookie++) {
                stalled.send(new Requests().read(cookie, 0, SIZE));
            }
            for (int i = 0; i < NbdServer.MAX_LOOPS; i++) {
                try (NbdClient other = NbdClient.to(unix(), "vm1")) {
                    other.send(new Requests().read(1, 0, 4096));
                    assertEquals(0, other.reply(4096).error());
                }
            }
            settle();
            int memory =
                    server.loops().stream().mapToInt(loop -> loop.pool().lent()).sum();
            int requestsNotTaken = 1;
            assertTrue(
                    memory <= ClientQuotas.DEFAULT.maxRequestBytes() / SIZE + requestsNotTaken, "buffers: " + memory);
            for (int cookie = 0; cookie < 20; cookie++) {
                assertEquals(Reply.ok(cookie, data), stalled.reply(SIZE));
            }
        }
    }

    /** Single requests whose bytes exceed the socket buffers in both directions. */
    @Test
    void clientMayReadAfterSendingAll() throws Exception {
        int count = Math.min(1000, MAX_REQUESTS);
        try (NbdClient client = NbdClient.to(unix(), "vm1")) {
            for (int cookie = 0; cookie < count; cookie++) {
                client.send(new Requests().read(cookie, cookie * 4096L, 4096));
            }
            assertReads(client, count, new byte[count * 4096]);
        }
    }

    @Test
    void requestsInFlightAreBounded() throws Exception {
        drive.hold();
        int count = 3 * MAX_REQUESTS;
        Requests requests = new Requests();
        for (int cookie = 0; cookie < count; cookie++) {
            requests.flush(cookie);
        }
        try (NbdClient client = NbdClient.to(unix(), "vm1")) {
            client.send(requests);
            drive.awaitHeld(MAX_REQUESTS);
            settle();
            assertEquals(MAX_REQUESTS, drive.heldCount());

            drive.release(false);
            assertCookies(client, count);
        }
    }

    @Test
    void disconnectCancelsQueuedRequests() throws Exception {
        drive.hold();
        try (NbdClient client = NbdClient.to(unix(), "vm1")) {
            for (int cookie = 0; cookie < 10; cookie++) {
                client.send(new Requests().read(cookie, 0, 4096).write(cookie, 0, new byte[4096]));
            }
            client.send(
                    new Requests().request(0, Nbd.NBD_CMD_WRITE, 99, 0, 1 << 20).raw(new byte[1000]));
            drive.awaitHeld(20);
        }

        assertEquals("unix:nbd.sock#1", drive.awaitCancelled().toString());
        assertEquals(0, drive.heldCount());
        settle();
        server.loops().forEach(loop -> assertEquals(0, loop.pool().lent()));
    }

    @Test
    void repliesToGoneClientsAreDropped() throws Exception {
        Queue<Runnable> backend = new ConcurrentLinkedQueue<>();
        CountDownLatch submitted = new CountDownLatch(2);
        drive.on(task -> {
            backend.add(task);
            submitted.countDown();
        });
        try (NbdClient client = NbdClient.to(unix(), "vm1")) {
            client.send(new Requests().read(1, 0, 4096).write(2, 0, bytes(1, 2, 3)));
            submitted.await();
        }
        drive.awaitCancelled();

        backend.forEach(Runnable::run);

        assertArrayEquals(bytes(1, 2, 3), drive.content(0, 3));
        settle();
        server.loops().forEach(loop -> assertEquals(0, loop.pool().lent()));
    }

    @Test
    void requestsBeforeDisconnectAreExecuted() throws Exception {
        drive.hold();
        try (NbdClient client = NbdClient.to(unix(), "vm1")) {
            client.send(new Requests().write(1, 0, bytes(5)).flush(2).disconnect());
            drive.awaitHeld(2);
            settle();
            drive.release(false);

            assertEquals(Reply.ok(1), client.reply());
            assertEquals(Reply.ok(2), client.reply());
            assertTrue(client.isClosedByServer());
        }
        assertArrayEquals(bytes(5), drive.content(0, 1));
    }

    @Test
    void garbageEndsOneConnection() throws Exception {
        try (NbdClient good = NbdClient.to(unix(), "vm1");
                NbdClient inTransmission = NbdClient.to(unix(), "vm1");
                NbdClient inHandshake = new NbdClient(unix());
                NbdClient unknown = new NbdClient(unix())) {
            inTransmission.send(randomBytes(100_000));
            assertTrue(inTransmission.isClosedByServer());
            inHandshake.greet(FLAGS);
            inHandshake.send(new byte[16]);
            assertTrue(inHandshake.isClosedByServer());
            unknown.greet(FLAGS);
            unknown.send(NbdClient.option(Nbd.NBD_OPT_EXPORT_NAME, "nope".getBytes(UTF_8)));
            assertTrue(unknown.isClosedByServer());

            good.send(new Requests().flush(1));
            assertEquals(Reply.ok(1), good.reply());
        }
    }

    @Test
    void abortIsAnswered() throws Exception {
        try (NbdClient client = new NbdClient(unix())) {
            client.greet(FLAGS);
            client.send(NbdClient.option(Nbd.NBD_OPT_ABORT));
            assertEquals(Nbd.NBD_REP_ACK, client.optionReplies().get(0).type());
            assertTrue(client.isClosedByServer());
        }
    }

    /** The server must not buffer unread answers. Here they exceed the socket buffers and each option is short. */
    @Test
    void optionsWaitForTheLastAnswer() throws Exception {
        for (int i = 0; i < 300; i++) {
            exports.add(new MemoryDrive("x".repeat(4000) + i, 1, false));
        }
        try (NbdClient client = new NbdClient(unix())) {
            client.greet(FLAGS);
            ByteArrayOutputStream many = new ByteArrayOutputStream();
            for (int i = 0; i < 20; i++) {
                many.writeBytes(NbdClient.option(Nbd.NBD_OPT_LIST));
            }
            client.send(many.toByteArray());
            for (int i = 0; i < 20; i++) {
                assertEquals(302, client.optionReplies().size());
            }
        }
    }

    private static Requests writes(byte[] data) {
        Requests requests = new Requests();
        for (int i = 0; i < data.length / 4096; i++) {
            requests.write(i, i * 4096L, ByteBuffer.wrap(data).slice(i * 4096, 4096));
        }
        return requests;
    }

    private static Requests reads(int count) {
        Requests requests = new Requests();
        for (int i = 0; i < count; i++) {
            requests.read(i, i * 4096L, 4096);
        }
        return requests;
    }

    private static void assertReads(NbdClient client, int count, byte[] data) throws IOException {
        Set<Long> cookies = new HashSet<>();
        for (int i = 0; i < count; i++) {
            Reply reply = client.reply(4096);
            assertEquals(ByteBuffer.wrap(data).slice((int) reply.cookie() * 4096, 4096), reply.data());
            cookies.add(reply.cookie());
        }
        assertEquals(count, cookies.size());
    }

    private static void assertCookies(NbdClient client, int count) throws IOException {
        List<Integer> errors = new ArrayList<>();
        Set<Long> cookies = new HashSet<>();
        for (int i = 0; i < count; i++) {
            Reply reply = client.reply();
            errors.add(reply.error());
            cookies.add(reply.cookie());
        }
        assertEquals(Set.of(Nbd.NBD_SUCCESS), Set.copyOf(errors));
        assertEquals(count, cookies.size());
    }

    private static byte[] randomBytes(int count) {
        byte[] bytes = new byte[count];
        new Random(count).nextBytes(bytes);
        return bytes;
    }

    private static byte[] bytes(int... values) {
        byte[] bytes = new byte[values.length];
        for (int i = 0; i < values.length; i++) {
            bytes[i] = (byte) values[i];
        }
        return bytes;
    }
}
