package dev.weir.nbd;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.weir.drive.Drive;
import dev.weir.nbd.connection.Reply;
import dev.weir.nbd.connection.Requests;
import dev.weir.nbd.net.Ticker;
import dev.weir.nbd.quota.Budget;
import dev.weir.nbd.quota.ClientQuotas;
import dev.weir.nbd.spec.Nbd;
import dev.weir.nbd.spec.NbdMode;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Quotas and timeouts against hostile clients, which must harm only themselves. */
@Timeout(60)
class HostileClientsTest extends NbdServerFixture {
    private static final int MAX_REQUESTS = 8;

    /** Default timeouts are too long to occur in a test. */
    private static final ClientQuotas LIMITS =
            new ClientQuotas(8, 3_600_000, MAX_REQUESTS, 2L * Drive.MAX_TRANSFER, 1L << 30, 3_600_000);

    HostileClientsTest(@TempDir Path folder) {
        super(folder);
        server.limit(LIMITS);
    }

    @AfterEach
    void nothingIsLeft() {
        server.close();
        assertEquals(0, server.commons().budget.used());
        assertEquals(0, server.commons().connections());
    }

    @Test
    void excessConnectionIsClosed() throws Exception {
        List<NbdClient> clients = new ArrayList<>();
        for (int i = 0; i < LIMITS.maxConnections(); i++) {
            clients.add(NbdClient.to(unix(), "vm1"));
        }
        try (NbdClient oneMore = new NbdClient(unix())) {
            assertTrue(oneMore.isClosedByServer());
        }
        for (NbdClient client : clients) {
            client.send(new Requests().flush(1));
            assertEquals(Reply.ok(1), client.reply());
        }
        clients.remove(0).close();
        drive.awaitCancelled();
        clients.add(NbdClient.to(unix(), "vm1"));
        for (NbdClient client : clients) {
            client.close();
        }
    }

    @Test
    void slowHandshakeIsCutOff() throws Exception {
        server.limit(new ClientQuotas(8, 1, MAX_REQUESTS, LIMITS.maxRequestBytes(), 1L << 30, 3_600_000));
        try (NbdClient silent = new NbdClient(unix());
                NbdClient slow = new NbdClient(tcp())) {
            slow.greet(FLAGS);
            slow.send(NbdClient.option(Nbd.NBD_OPT_LIST));
            assertEquals(2, slow.optionReplies().size());
            silent.receive(18);
            assertTrue(silent.isClosedByServer());
            assertTrue(slow.isClosedByServer());
        }
        server.limit(LIMITS);
        try (NbdClient client = NbdClient.to(unix(), "vm1")) {
            server.limit(new ClientQuotas(8, 1, MAX_REQUESTS, LIMITS.maxRequestBytes(), 1L << 30, 3_600_000));
            try (NbdClient silent = new NbdClient(unix())) {
                silent.receive(18);
                assertTrue(silent.isClosedByServer());
            }
            client.send(new Requests().flush(1));
            assertEquals(Reply.ok(1), client.reply());
        }
    }

    /** Hang-up of a client that is not read from and gets no reply. */
    @Test
    void deadClientAtItsQuotaIsCancelled() throws Exception {
        drive.hold();
        try (NbdClient client = NbdClient.to(unix(), "vm1")) {
            Requests requests = new Requests();
            for (int cookie = 0; cookie < 1000; cookie++) {
                requests.write(cookie, 0, new byte[100]);
            }
            client.send(requests);
            drive.awaitHeld(MAX_REQUESTS);
        }
        drive.awaitCancelled();
        assertEquals(0, drive.heldCount());
        assertEquals(MAX_REQUESTS, drive.seen().size());
    }

    /** Over TCP only the end of the stream tells of a hang-up, and it is behind the unread requests. */
    @Test
    void deadTcpClientAtItsQuotaIsCancelled() throws Exception {
        drive.hold();
        try (NbdClient client = NbdClient.to(tcp(), "vm1")) {
            Requests requests = new Requests();
            for (int cookie = 0; cookie < 1000; cookie++) {
                requests.flush(cookie);
            }
            client.send(requests);
            drive.awaitHeld(MAX_REQUESTS);
        }
        drive.awaitCancelled();
        assertEquals(0, drive.heldCount());
    }

    /** A limit holds all requests of the attackers. They ask for much more memory than the server has. */
    @Test
    void heldRequestsLeaveMemoryForOtherDrives() throws Exception {
        server.limit(quotas(16, 3L * SIZE, 3_600_000));
        MemoryDrive other = new MemoryDrive("other", SIZE, false);
        exports.add(other);
        drive.hold();
        List<NbdClient> attackers = new ArrayList<>();
        for (int i = 0; i < 4; i++) {
            NbdClient attacker = NbdClient.to(unix(), "vm1");
            attackers.add(attacker);
            // a thread for each: on two cores the common pool of JDK 25 has one
            Thread thread = new Thread(() -> flood(attacker), "attacker-" + i);
            thread.setDaemon(true);
            thread.start();
        }
        drive.awaitHeld(attackers.size());
        for (int length = SIZE; length >= 4096; length /= 8) {
            try (NbdClient client = NbdClient.to(tcp(), "other")) {
                client.send(new Requests().write(1, 0, new byte[length]).read(2, 0, length));
                assertEquals(Reply.ok(1), client.reply());
                assertEquals(length, client.reply(length).data().remaining());
            }
        }
        for (NbdClient attacker : attackers) {
            attacker.close();
        }
    }

    private static void flood(NbdClient client) {
        try {
            for (int length = SIZE; length >= 512; length /= 2) {
                client.send(new Requests().write(length, 0, new byte[length]));
            }
        } catch (IOException e) {
            // closed by the test
        }
    }

    private static ClientQuotas quotas(int connections, long totalBytes, long stallMillis) {
        return new ClientQuotas(connections, 3_600_000, 1024, LIMITS.maxRequestBytes(), totalBytes, stallMillis);
    }

    @Test
    void tricklingPayloadIsCutOffUnderPressure() throws Exception {
        server.limit(quotas(8, 2L * SIZE, 1));
        try (NbdClient trickler = NbdClient.to(unix(), "vm1")) {
            trickler.send(new Requests().request(0, Nbd.NBD_CMD_WRITE, 1, 0, SIZE));
            CompletableFuture<Void> cutOff = CompletableFuture.runAsync(() -> trickle(trickler));
            try (NbdClient other = NbdClient.to(unix(), "vm1")) {
                while (server.commons().budget.used() < SIZE) {
                    Thread.onSpinWait();
                }
                other.send(new Requests().read(1, 0, SIZE));
                assertEquals(SIZE, other.reply(SIZE).data().remaining());
            }
            cutOff.join();
        }
    }

    /** Sends single bytes until the connection is closed. */
    private static void trickle(NbdClient client) {
        try {
            while (true) {
                client.send((byte) 0);
                LockSupport.parkNanos(1_000_000);
            }
        } catch (IOException e) {
            // cut off
        }
    }

    /** Over TCP too: no input follows a disconnect, so the end of the stream is visible. */
    @ParameterizedTest
    @ValueSource(booleans = {false, true})
    void hangUpAfterDisconnectCancelsTheQueue(boolean overTcp) throws Exception {
        drive.hold();
        try (NbdClient client = NbdClient.to(overTcp ? tcp() : unix(), "vm1")) {
            client.send(new Requests().write(1, 0, new byte[100]).disconnect());
            drive.awaitHeld(1);
            settle();
            assertEquals(1, server.commons().connections());
        }
        drive.awaitCancelled();
        assertEquals(0, drive.heldCount());
    }

    @Test
    void disconnectIsBoundedInTime() throws Exception {
        server.limit(quotas(8, 1L << 30, 1));
        drive.hold();
        try (NbdClient client = NbdClient.to(unix(), "vm1")) {
            client.send(new Requests().write(1, 0, new byte[100]).disconnect());
            assertTrue(client.isClosedByServer());
        }
        drive.awaitCancelled();
        assertEquals(0, drive.heldCount());
    }

    @Test
    void unreadRepliesDoNotKeepAnEndingConnection() throws Exception {
        server.limit(quotas(8, 1L << 30, 1));
        try (NbdClient client = NbdClient.to(unix(), "vm1")) {
            client.send(new Requests().read(1, 0, SIZE));
            client.receive(16);
            exports.remove(drive);
            server.driveChanged(drive);
            while (server.commons().connections() > 0) {
                Thread.onSpinWait();
            }
        }
    }

    @Test
    void forbiddenClientIsClosedAtOnce() throws Exception {
        drive.hold();
        try (NbdClient client = NbdClient.to(unix(), "vm1")) {
            client.send(new Requests().write(1, 0, new byte[100]));
            drive.awaitHeld(1);
            exports.add(drive, Set.of("bob"));
            server.driveChanged(drive);
            assertTrue(client.isClosedByServer());
        }
        drive.awaitCancelled();
        assertEquals(0, drive.heldCount());
    }

    @Test
    void idleClientsLeaveConnectionsToOtherDrives() throws Exception {
        exports.add(new MemoryDrive("other", SIZE, false));
        List<NbdClient> clients = new ArrayList<>();
        try {
            while (clients.size() < LIMITS.maxConnections()) {
                clients.add(NbdClient.to(unix(), "vm1"));
                clients.get(clients.size() - 1).send(new Requests().flush(1)).reply();
            }
        } catch (IOException e) {
            // the quota is exceeded
        }
        assertTrue(clients.size() < LIMITS.maxConnections(), clients.size() + " clients");
        try (NbdClient other = NbdClient.to(unix(), "other")) {
            other.send(new Requests().flush(1));
            assertEquals(Reply.ok(1), other.reply());
        }
        for (NbdClient client : clients) {
            client.close();
        }
    }

    @Test
    void tcpLeavesConnectionsToTheOperator() throws Exception {
        List<NbdClient> clients = new ArrayList<>();
        try {
            while (clients.size() < LIMITS.maxConnections()) {
                NbdClient client = new NbdClient(tcp());
                clients.add(client);
                client.receive(18);
            }
        } catch (IOException e) {
            clients.remove(clients.size() - 1).close();
        }
        assertEquals(LIMITS.maxConnections() / 2, clients.size());
        try (NbdClient operator = NbdClient.to(unix(), "vm1")) {
            operator.send(new Requests().flush(1));
            assertEquals(Reply.ok(1), operator.reply());
        }
        for (NbdClient client : clients) {
            client.close();
        }
    }

    @Test
    void totalInFlightIsBounded() throws Exception {
        long total = 256 * Budget.MIN_COST;
        server.limit(new ClientQuotas(8, 3_600_000, 1024, LIMITS.maxRequestBytes(), total, 3_600_000));
        drive.hold();
        try (NbdClient one = NbdClient.to(unix(), "vm1");
                NbdClient other = NbdClient.to(tcp(), "vm1")) {
            for (NbdClient greedy : List.of(one, other)) {
                Requests requests = new Requests();
                for (int cookie = 0; cookie < 100; cookie++) {
                    requests.write(cookie, 0, new byte[16]);
                }
                greedy.send(requests);
            }
            drive.awaitHeld(90);
            assertTrue(drive.heldCount() <= 98, "in flight: " + drive.heldCount());
            try (NbdClient next = NbdClient.to(unix(), "vm1")) {
                int before = drive.heldCount();
                next.send(new Requests().flush(1));
                drive.awaitHeld(before + 1);
                drive.release(false);
                assertEquals(Reply.ok(1), next.reply());
            }
            for (NbdClient greedy : List.of(one, other)) {
                for (int i = 0; i < 100; i++) {
                    assertEquals(0, greedy.reply().error());
                }
            }
        }
    }

    @Test
    void unreadRepliesAreCutOffUnderPressure() throws Exception {
        server.limit(new ClientQuotas(8, 3_600_000, 1024, LIMITS.maxRequestBytes(), 2L * SIZE, 1));
        try (NbdClient stalled = NbdClient.to(unix(), "vm1")) {
            stalled.send(new Requests().read(1, 0, SIZE));
            stalled.receive(16);
            CompletableFuture<Void> never = new CompletableFuture<>();
            never.completeOnTimeout(null, 5 * Ticker.MILLIS, TimeUnit.MILLISECONDS)
                    .join();
            assertEquals(1, server.commons().connections());
            try (NbdClient other = NbdClient.to(unix(), "vm1")) {
                other.send(new Requests().read(1, 0, SIZE));
                assertEquals(SIZE, other.reply(SIZE).data().remaining());
            }
        }
    }

    @Test
    void unsentPayloadIsCutOffUnderPressure() throws Exception {
        server.limit(new ClientQuotas(8, 3_600_000, 1024, LIMITS.maxRequestBytes(), 2L * SIZE, 1));
        try (NbdClient stalled = NbdClient.to(unix(), "vm1")) {
            stalled.send(
                    new Requests().request(0, Nbd.NBD_CMD_WRITE, 1, 0, SIZE).raw(new byte[100]));
            try (NbdClient other = NbdClient.to(unix(), "vm1")) {
                while (server.commons().budget.used() == 0) {
                    Thread.onSpinWait();
                }
                other.send(new Requests().read(1, 0, SIZE));
                assertEquals(SIZE, other.reply(SIZE).data().remaining());
            }
            assertTrue(stalled.isClosedByServer());
        }
    }

    @Test
    void garbageEndsOneConnection() throws Exception {
        byte[] good = goodBytes();
        try (NbdClient wellBehaved = NbdClient.to(unix(), "vm1")) {
            for (int at = 0; at < good.length; at += 3) {
                byte[] bad = good.clone();
                bad[at] ^= (byte) 0xa5;
                try (NbdClient client = new NbdClient(unix())) {
                    client.send(bad);
                    client.shutdownOutput();
                    client.drain();
                }
                wellBehaved.send(new Requests().flush(at));
                assertEquals(Reply.ok(at), wellBehaved.reply());
            }
        }
        assertFalse(drive.seen().isEmpty());
    }

    private static byte[] goodBytes() {
        Requests all = new Requests(NbdMode.EXTENDED);
        all.raw(new byte[] {0, 0, 0, FLAGS});
        all.raw(NbdClient.option(Nbd.NBD_OPT_EXTENDED_HEADERS));
        all.raw(NbdClient.option(Nbd.NBD_OPT_SET_META_CONTEXT, NbdClient.metaData("vm1", "base:allocation")));
        all.raw(NbdClient.option(Nbd.NBD_OPT_GO, NbdClient.infoData("vm1", Nbd.NBD_INFO_BLOCK_SIZE)));
        all.write(1, 4096, new byte[16]).request(0, Nbd.NBD_CMD_BLOCK_STATUS, 2, 0, SIZE);
        return all.read(3, 0, 16).disconnect().toBytes();
    }
}
