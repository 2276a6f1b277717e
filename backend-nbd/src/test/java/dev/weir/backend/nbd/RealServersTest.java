package dev.weir.backend.nbd;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import dev.weir.block.BlockDevice;
import dev.weir.block.Operation;
import java.io.IOException;
import java.net.UnixDomainSocketAddress;
import java.nio.channels.SocketChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/**
 * Servers of other projects, in use and killed under load. Skipped without the programs. {@code -Dweir.crashes=50} sets
 * the number of kills, {@code -Dweir.seed=N} repeats a run.
 */
@Timeout(600)
class RealServersTest {
    private static final int CRASHES = Integer.getInteger("weir.crashes", 4);
    private static final int BLOCK = 4096;
    private static final int BLOCKS = 512;
    private static final int STRIDE = 64 << 10;
    private static final int SIZE = BLOCKS * STRIDE;
    private static final int DEPTH = 32;

    /** A server with its command. {@code SOCKET} and {@code IMAGE} stand for paths. */
    enum Server {
        NBDKIT("raw", "nbdkit", "--foreground", "--unix", "SOCKET", "file", "IMAGE"),
        QEMU_RAW("raw", "qemu-nbd", "--persistent", "--shared=9", "--socket=SOCKET", "--format=raw", "IMAGE"),
        QEMU_QCOW2("qcow2", "qemu-nbd", "--persistent", "--shared=9", "--socket=SOCKET", "--format=qcow2", "IMAGE"),
        NBDKIT_TLS(
                List.of("tls-ca", "tls-certificate", "tls-key"),
                "nbdkit --foreground --tls=require --tls-certificates=KEYS --tls-verify-peer --unix SOCKET file IMAGE"),
        NBDKIT_PSK(
                List.of("tls-psk"),
                "nbdkit --foreground --tls=require --tls-psk=KEYS/keys.psk --unix SOCKET file IMAGE"),
        QEMU_TLS(
                List.of("tls-ca", "tls-certificate", "tls-key"),
                "qemu-nbd --persistent --shared=9 --object tls-creds-x509,id=t,endpoint=server,dir=KEYS,verify-peer=yes"
                        + " --tls-creds t --socket=SOCKET --format=raw IMAGE"),
        QEMU_PSK(
                List.of("tls-psk"),
                "qemu-nbd --persistent --shared=9 --object tls-creds-psk,id=t,endpoint=server,dir=KEYS"
                        + " --tls-creds t --socket=SOCKET --format=raw IMAGE");

        private static final Path KEYS =
                Path.of("../nbd-wire/src/test/resources/tls").toAbsolutePath().normalize();

        private final String format;

        @SuppressWarnings("ImmutableEnumChecker") // never modified
        private final List<String> command;

        @SuppressWarnings("ImmutableEnumChecker") // never modified
        private final List<String> files;

        Server(String format, String... command) {
            this.format = format;
            this.command = List.of(command);
            files = List.of();
        }

        /** A server with TLS, and the options that name a file. */
        Server(List<String> files, String command) {
            format = "raw";
            this.command = List.of(command.split(" "));
            this.files = files;
        }

        /** Returns the options of a device for this server. */
        Map<String, Object> options(Path socket) {
            Map<String, Object> options = new HashMap<>();
            options.put("uri", (files.isEmpty() ? "nbd" : "nbds") + "+unix:///?socket=" + socket);
            Map<String, String> names = Map.of(
                    "tls-ca", "ca-cert.pem",
                    "tls-certificate", "client-cert.pem",
                    "tls-key", "client-key.pem",
                    "tls-psk", "keys.psk");
            files.forEach(each -> options.put(
                    each, KEYS.resolve(String.valueOf(names.get(each))).toString()));
            return options;
        }
    }

    private final Path folder;
    private final NbdDeviceFactory factory = new NbdDeviceFactory();
    private final RealClock clock = new RealClock();
    private @Nullable Process process;

    RealServersTest(@TempDir Path folder) {
        this.folder = folder;
    }

    private void start(Server server) throws Exception {
        Path image = folder.resolve("image");
        Path socket = folder.resolve("socket");
        Files.deleteIfExists(socket);
        if (Files.notExists(image)) {
            assumeTrue(isInstalled("qemu-img"), "needs qemu-img");
            run("qemu-img", "create", "-q", "-f", server.format, image.toString(), String.valueOf(SIZE));
        }
        assumeTrue(isInstalled(server.command.get(0)), "needs " + server.command.get(0));
        List<String> command = server.command.stream()
                .map(each -> each.replace("SOCKET", socket.toString())
                        .replace("IMAGE", image.toString())
                        .replace("KEYS", Server.KEYS.toString()))
                .toList();
        process = new ProcessBuilder(command).redirectErrorStream(true).start();
        awaitServer(process, socket);
    }

    /** Waits until a server listens, which is later than its socket exists. */
    static void awaitServer(Process server, Path socket) {
        while (true) {
            try (SocketChannel connected = SocketChannel.open(UnixDomainSocketAddress.of(socket))) {
                assertTrue(connected.isConnected());
                return;
            } catch (IOException e) {
                assertTrue(server.isAlive(), "the server has ended");
                Thread.onSpinWait();
            }
        }
    }

    private static boolean isInstalled(String program) {
        return Stream.of(System.getenv("PATH").split(":")).anyMatch(each -> Files.isExecutable(Path.of(each, program)));
    }

    private static void run(String... command) throws Exception {
        assertEquals(0, new ProcessBuilder(command).inheritIO().start().waitFor(), () -> String.join(" ", command));
    }

    private void kill() throws InterruptedException {
        if (process != null) {
            process.destroyForcibly().waitFor();
        }
    }

    private BlockDevice open(Server server, long connections) throws IOException {
        Map<String, Object> options = server.options(folder.resolve("socket"));
        options.put("connections", connections);
        return factory.open("vm1", options, false, clock);
    }

    @AfterEach
    void end() throws InterruptedException {
        kill();
        factory.close();
        clock.close();
    }

    @ParameterizedTest
    @EnumSource
    void everyOperationWorks(Server server) throws Exception {
        start(server);
        BlockDevice device = open(server, 3);
        byte[] model = new byte[SIZE];
        Random random = new Random(7);
        byte[] bytes = new byte[5 << 20];
        random.nextBytes(bytes);

        TestRequest.write(BLOCK, bytes).to(device).ok();
        System.arraycopy(bytes, 0, model, BLOCK, bytes.length);
        TestRequest.of(Operation.WRITE_ZEROES, 8 * BLOCK, 100 * BLOCK)
                .to(device)
                .ok();
        Arrays.fill(model, 8 * BLOCK, 108 * BLOCK, (byte) 0);
        TestRequest.fill(3 * BLOCK, BLOCK, 9).withFua().to(device).ok();
        Arrays.fill(model, 3 * BLOCK, 4 * BLOCK, (byte) 9);
        TestRequest.of(Operation.TRIM, 12 << 20, 1 << 20).to(device).ok();
        TestRequest.of(Operation.CACHE, 0, 1 << 20).to(device).ok();
        TestRequest.flush().to(device).ok();
        TestRequest status = TestRequest.of(Operation.BLOCK_STATUS, 0, SIZE).to(device);
        status.ok();

        assertEquals(SIZE, device.size());
        assertArrayEquals(model, TestRequest.read(0, SIZE).to(device).ok());
        long covered = status.extents.stream()
                .mapToLong(each -> Long.parseLong(each.substring("data ".length())))
                .sum();
        assertEquals(SIZE, covered, status.extents::toString);
        assertTrue(status.extents.stream().anyMatch(each -> each.startsWith("hole")), status.extents::toString);
        device.close();
    }

    @ParameterizedTest
    @EnumSource
    void answeredWritesSurviveKillsOfTheServer(Server server) throws Exception {
        long seed = Long.getLong("weir.seed", new Random().nextLong());
        Random random = new Random(seed);
        start(server);
        BlockDevice device = open(server, 1 + random.nextInt(3));
        int[] values = new int[BLOCKS];
        int writes = 0;
        for (int crash = 0; crash < CRASHES; crash++) {
            long kill = System.nanoTime() + TimeUnit.MILLISECONDS.toNanos(random.nextInt(300));
            boolean killed = false;
            for (int after = 0; after < 5; ) {
                List<TestRequest> batch = new ArrayList<>();
                boolean[] busy = new boolean[BLOCKS];
                for (int i = 0; i < DEPTH; i++) {
                    int block = random.nextInt(BLOCKS);
                    if (random.nextInt(20) == 0) {
                        batch.add(TestRequest.flush().to(device));
                    } else if (!busy[block]) {
                        busy[block] = true;
                        values[block] = ++writes & 127;
                        TestRequest write = TestRequest.fill((long) block * STRIDE, BLOCK, values[block]);
                        write.fua(random.nextInt(8) == 0);
                        batch.add(write.to(device));
                    }
                }
                if (!killed && System.nanoTime() - kill > 0) {
                    killed = true;
                    kill();
                    start(server);
                }
                for (TestRequest each : batch) {
                    each.ok();
                }
                after += killed ? 1 : 0;
            }
            for (int block = 0; block < BLOCKS; block++) {
                byte[] expected = new byte[BLOCK];
                Arrays.fill(expected, (byte) values[block]);
                byte[] read = TestRequest.read((long) block * STRIDE, BLOCK)
                        .to(device)
                        .ok();
                assertArrayEquals(expected, read, "-Dweir.seed=" + seed + ", crash " + crash + ", block " + block);
            }
        }
        device.close();
        System.out.printf("%s: %d kills, %d writes, seed %d%n", server, CRASHES, writes, seed);
    }
}
