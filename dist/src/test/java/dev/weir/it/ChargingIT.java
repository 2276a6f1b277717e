package dev.weir.it;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.typesafe.config.Config;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** Debts, discards and cache requests of a drive at 1 KiB/s. Each request could hold a client for minutes. */
@Timeout(value = 60, unit = TimeUnit.SECONDS, threadMode = Timeout.ThreadMode.SEPARATE_THREAD)
class ChargingIT {
    private static final int READ = 0;
    private static final int WRITE = 1;
    private static final int FLUSH = 3;
    private static final int TRIM = 4;
    private static final int CACHE = 5;
    private static final int MIB = 1 << 20;

    @TempDir
    private Path home;

    private Weir weir;
    private RawNbd client;

    @BeforeEach
    void start() throws IOException {
        weir = Weir.start(
                home,
                "-drive",
                "id=vm1,memory=64M,bps=1024",
                "-drive",
                "id=vm2,memory=64M,bps=1024,charge-discards=length",
                "-drive",
                "id=vm3,memory=64M,bps=1M,policy=slice");
        client = new RawNbd(weir.socket(), "vm1");
    }

    @AfterEach
    void stop() throws IOException {
        client.close();
        weir.close();
    }

    private void send(int type, long cookie, int length) throws IOException {
        client.request(0, type, cookie, 0, length, ByteBuffer.allocate(type == WRITE ? length : 0));
    }

    /** Sends a request that leaves a debt of 17 minutes, and two requests that are held. */
    private void overfill(int type) throws IOException {
        send(type, 1, MIB);
        assertEquals(new RawNbd.Reply(1, 0), client.reply());
        send(type, 2, 4096);
        send(type, 3, 4096);
        weir.await(() -> queue("vm1").size() == 2);
    }

    private List<? extends Config> queue(String drive) {
        return weir.ask("queue " + drive + " --json").ok().json();
    }

    @Test
    void aHigherLimitFreesTheDriveAtOnce() throws IOException {
        overfill(WRITE);
        weir.ask("limits vm1 bps=100M").ok();
        assertEquals(new RawNbd.Reply(2, 0), client.reply());
        assertEquals(new RawNbd.Reply(3, 0), client.reply());
    }

    @Test
    void drainAnswersHeldRequestsAndRestoresLimits() throws IOException {
        overfill(WRITE);
        weir.ask("drain vm1").ok();
        assertEquals(new RawNbd.Reply(2, 0), client.reply());
        assertEquals(new RawNbd.Reply(3, 0), client.reply());
        send(WRITE, 4, 4096);
        weir.await(() -> queue("vm1").size() == 1);
        assertTrue(queue("vm1").get(0).getLong("goes_in_nanos") > TimeUnit.MINUTES.toNanos(10));
    }

    @Test
    void discardsAreChargedByLengthOnlyIfConfigured() throws IOException {
        for (int cookie = 0; cookie < 5; cookie++) {
            send(TRIM, cookie, 64 * MIB);
            assertEquals(0, client.reply().error());
        }
        client.close();
        client = new RawNbd(weir.socket(), "vm2");
        send(TRIM, 1, MIB);
        assertEquals(0, client.reply().error());
        send(TRIM, 2, MIB);
        weir.await(() -> queue("vm2").size() == 1);
    }

    @Test
    void cacheRequestsAreHeldAndLogged() throws IOException {
        overfill(CACHE);
        assertEquals("cache", queue("vm1").get(0).getString("operation"));
        weir.await(() -> weir.log().contains("drive vm1 holds a cache of 4096 bytes for 10"));
        send(FLUSH, 4, 0);
        assertEquals(new RawNbd.Reply(4, 0), client.reply());
    }

    /**
     * Clients ask a slice for 32 MiB while 16 MiB are not paid for yet, and leave. The bytes that they did not get are
     * no burst of a later client.
     */
    @Test
    void withdrawnRequestsOfASliceAreNoLaterBurst() throws IOException {
        try (RawNbd debtor = new RawNbd(weir.socket(), "vm3")) {
            debtor.request(0, READ, 1, 0, 16 * MIB, ByteBuffer.allocate(0));
            assertEquals(0, debtor.reply().error());
            debtor.skip(16 * MIB);
        }
        for (int round = 0; round < 3; round++) {
            try (RawNbd leaving = new RawNbd(weir.socket(), "vm3")) {
                leaving.request(0, READ, 1, 0, 32 * MIB, ByteBuffer.allocate(0));
                weir.await(() -> queue("vm3").size() == 1);
            }
            weir.await(() -> queue("vm3").isEmpty());
        }
        Weir.pause(18_000);
        try (RawNbd reader = new RawNbd(weir.socket(), "vm3")) {
            Instant begin = Instant.now();
            for (int i = 0; i < 64; i++) {
                reader.request(0, READ, i, 0, MIB / 16, ByteBuffer.allocate(0));
            }
            for (int i = 0; i < 64; i++) {
                assertEquals(0, reader.reply().error());
                reader.skip(MIB / 16);
            }
            Duration took = Duration.between(begin, Instant.now());
            // two slices of 100 ms may go at once
            assertTrue(took.toMillis() > 3700, () -> "4 MiB at 1 MiB/s took " + took);
        }
    }
}
