package dev.weir.it;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.EOFException;
import java.io.IOException;
import java.net.UnixDomainSocketAddress;
import java.nio.ByteBuffer;
import java.nio.channels.SocketChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayDeque;
import java.util.Arrays;
import java.util.Deque;
import java.util.Random;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/**
 * Ten thousand seeded misbehaving connections beside a well-behaved client. Afterwards memory, descriptors and
 * latency are as before. Prints the figures.
 */
@Tag(Client.ALONE)
class HostileClientsIT {
    private static final int CONNECTIONS = Integer.getInteger("weir.hostile.connections", 10_000);
    private static final int OPEN_AT_ONCE = 300;
    private static final int BLOCK = 4096;
    private static final int PROBES = 1000;
    private static final long MIB = 1 << 20;

    @TempDir
    private static Path home;

    private static Weir weir;

    private final long seed = Long.getLong("weir.seed", new Random().nextLong());
    private final Random random = new Random(seed);
    private final Deque<SocketChannel> open = new ArrayDeque<>();
    private final byte[] noise = new byte[32 << 10];

    @BeforeAll
    static void start() throws IOException {
        String little = "weir.nbd { max-total-bytes = 128MiB, stall-timeout = 1s }";
        Path config = Files.writeString(home.resolve("weir.conf"), little);
        String[] drives = {"-drive", "id=vm1,memory=64M", "-drive", "id=slow,memory=64M,bps=64K"};
        weir = Weir.start(home, drives[0], drives[1], drives[2], drives[3], "--config", config.toString());
    }

    @AfterAll
    static void stop() {
        if (weir != null) {
            weir.close();
        }
    }

    /** Memory and descriptors of Weir, and the latency of a 4 KiB read in microseconds. */
    private record Figures(long residentMib, long descriptors, long medianMicros, long p99Micros) {}

    @Test
    void hostileClientsLeakNothing() throws Exception {
        random.nextBytes(noise);
        try (SocketChannel wellBehaved = connect()) {
            enter(wellBehaved, "vm1");
            attack(CONNECTIONS); // until all that grows once has grown
            settle(wellBehaved, Long.MAX_VALUE);
            Figures before = figures(wellBehaved);
            long[] during = new long[PROBES];
            attack(CONNECTIONS, wellBehaved, during);
            settle(wellBehaved, before.descriptors());
            Figures after = figures(wellBehaved);

            Arrays.sort(during);
            System.out.printf(
                    "%d hostile connections, seed %d: before %s, after %s; latency meanwhile: median %d, p99 %d us%n",
                    CONNECTIONS, seed, before, after, during[PROBES / 2], during[PROBES * 99 / 100]);
            // one for the file of debts, which is written each second
            assertTrue(after.descriptors() <= before.descriptors() + 1, before + " " + after);
            assertTrue(after.residentMib() <= before.residentMib() + 128, before + " " + after);
            assertTrue(after.medianMicros() <= 3 * before.medianMicros() + 1000, before + " " + after);
        }
    }

    private void attack(int connections) throws IOException {
        for (int i = 0; i < connections; i++) {
            attackOnce();
        }
        closeAll();
    }

    private void attack(int connections, SocketChannel wellBehaved, long[] micros) throws IOException {
        for (int i = 0; i < connections; i++) {
            attackOnce();
            if (i % (connections / PROBES) == 0) {
                micros[Math.min(i / (connections / PROBES), PROBES - 1)] = probe(wellBehaved);
            }
        }
        closeAll();
    }

    private void closeAll() throws IOException {
        for (SocketChannel left : open) {
            left.close();
        }
        open.clear();
    }

    /** Runs one attack; an early close by the server is expected. */
    private void attackOnce() throws IOException {
        SocketChannel client = connect();
        open.add(client);
        client.configureBlocking(false);
        try {
            misbehave(client);
        } catch (IOException e) {
            client.close();
        }
        if (open.size() > OPEN_AT_ONCE) {
            open.remove().close();
        }
        if (random.nextInt(4) == 0) {
            client.close();
        }
    }

    private void misbehave(SocketChannel client) throws IOException {
        ByteBuffer bytes = ByteBuffer.allocate(80 << 10);
        switch (random.nextInt(8)) {
            case 0 -> {}
            case 1 -> noise(bytes);
            case 2 -> noise(go(bytes, "vm1"));
            case 3 -> go(bytes, "vm1").position(random.nextInt(bytes.position()));
            case 4 -> {
                go(bytes, "vm1");
                for (int i = 0; i < 16; i++) {
                    request(bytes, 0, random.nextInt(32) * MIB, 128 << 10);
                }
            }
            case 5 -> {
                go(bytes, "slow");
                while (bytes.remaining() > 28 + BLOCK) {
                    request(bytes, 1, random.nextInt(16_000) * (long) BLOCK, BLOCK)
                            .position(bytes.position() + BLOCK);
                }
            }
            case 6 -> noise(option(bytes.putInt(3), random.nextInt(20), -1));
            default -> noise(request(go(bytes, "vm1"), 1, 0, 32 << 20));
        }
        client.write(bytes.flip());
    }

    private void noise(ByteBuffer to) {
        to.put(noise, 0, random.nextInt(noise.length));
    }

    /** Writes a complete handshake of a client. */
    private static ByteBuffer go(ByteBuffer to, String export) {
        byte[] name = export.getBytes(UTF_8);
        return option(to.putInt(3), 7, 6 + name.length)
                .putInt(name.length)
                .put(name)
                .putShort((short) 0);
    }

    private static ByteBuffer option(ByteBuffer to, int option, int length) {
        return to.putLong(0x49484156454F5054L).putInt(option).putInt(length);
    }

    private static ByteBuffer request(ByteBuffer to, int type, long offset, int length) {
        return to.putInt(0x25609513)
                .putShort((short) 0)
                .putShort((short) type)
                .putLong(1)
                .putLong(offset)
                .putInt(length);
    }

    private static SocketChannel connect() throws IOException {
        for (int tries = 0; ; tries++) {
            try {
                return SocketChannel.open(UnixDomainSocketAddress.of(weir.socket()));
            } catch (IOException e) {
                if (tries == 20_000) {
                    throw e;
                }
                pause(1); // more are waiting to be accepted than the socket lets wait
            }
        }
    }

    private static void enter(SocketChannel client, String export) throws IOException {
        client.write(go(ByteBuffer.allocate(100), export).flip());
        receive(client, 18);
        int type;
        do {
            ByteBuffer header = receive(client, 20);
            type = header.getInt(12);
            receive(client, header.getInt(16));
        } while (type != 1);
    }

    /** Reads 4 KiB and returns the latency in microseconds. */
    private static long probe(SocketChannel client) throws IOException {
        long start = now();
        client.write(request(ByteBuffer.allocate(28), 0, 0, BLOCK).flip());
        receive(client, 16 + BLOCK);
        return (now() - start) / 1000;
    }

    private static ByteBuffer receive(SocketChannel client, int bytes) throws IOException {
        ByteBuffer received = ByteBuffer.allocate(bytes);
        while (received.hasRemaining()) {
            if (client.read(received) < 0) {
                throw new EOFException("the well-behaved client was cut off");
            }
        }
        return received.flip();
    }

    private static Figures figures(SocketChannel client) throws IOException {
        long[] micros = new long[PROBES];
        for (int i = 0; i < PROBES; i++) {
            micros[i] = probe(client);
        }
        Arrays.sort(micros);
        return new Figures(residentMib(), weir.descriptors(), micros[PROBES / 2], micros[PROBES * 99 / 100]);
    }

    /** Waits until Weir has noticed the disconnects. */
    private static void settle(SocketChannel client, long descriptors) throws IOException {
        for (int i = 0; i < 20 || (i < 300 && weir.descriptors() > descriptors); i++) {
            probe(client);
            pause(50);
        }
    }

    private static void pause(long millis) {
        LockSupport.parkNanos(TimeUnit.MILLISECONDS.toNanos(millis));
    }

    private static long now() {
        return System.nanoTime();
    }

    private static long residentMib() throws IOException {
        String status = Files.readString(Path.of("/proc/" + weir.pid() + "/status"));
        return Long.parseLong(status.replaceAll("(?s).*VmRSS:\\s*(\\d+) kB.*", "$1")) / 1024;
    }
}
