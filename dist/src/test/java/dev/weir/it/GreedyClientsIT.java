package dev.weir.it;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTimeoutPreemptively;

import com.typesafe.config.Config;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/**
 * Clients that take as much memory as they can from a Weir in a container of 256 MiB. Clients of another drive are
 * unaffected. All memory is released after the greedy clients disconnect.
 */
class GreedyClientsIT {
    private static final int MIB = 1 << 20;
    private static final int DISCONNECT = 2;
    private static final int LONGEST = 32 * MIB;
    private static final Duration SOON = Duration.ofSeconds(20);

    @TempDir
    private static Path folder;

    private static Weir weir;

    private final List<RawNbd> greedy = new ArrayList<>();

    @BeforeAll
    static void start() throws IOException {
        Path config = Files.writeString(
                folder.resolve("weir.conf"),
                """
                weir.nbd.stall-timeout = 1s
                weir.drives {
                  well { backend { type = memory, size = 64MiB } }
                  slow { backend { type = memory, size = 64MiB }, limits.bps = 64KiB }
                  slowest { backend { type = memory, size = 1MiB }, limits.bps = 1 }
                  tenant1 { backend { type = memory, size = 64MiB }, limits.bps = 1MiB }
                  tenant2 { backend { type = memory, size = 64MiB }, limits.bps = 1MiB }
                  tenant3 { backend { type = memory, size = 64MiB }, limits.bps = 1MiB }
                  tenant4 { backend { type = memory, size = 64MiB }, limits.bps = 1MiB }
                }
                """);
        weir = Weir.launchWith(
                "-Xmx64m -XX:MaxDirectMemorySize=128m", folder.resolve("home"), "--config", config.toString());
        weir.awaitReady();
    }

    @AfterAll
    static void stop() {
        if (weir != null) {
            weir.close();
        }
    }

    /** All memory is released after the clients disconnect. */
    @AfterEach
    void nothingIsLeft() throws IOException {
        for (RawNbd client : greedy) {
            client.close();
        }
        weir.await(() -> export().getInt("clients") == 0 && export().getLong("bytes") == 0);
        assertFalse(weir.log().contains("OutOfMemoryError"), weir::log);
    }

    private static Config export() {
        return weir.ask("drive well --json").object().getConfigList("exports").get(0);
    }

    private RawNbd connect(String drive) throws IOException {
        RawNbd client = new RawNbd(weir.socket(), drive);
        greedy.add(client);
        return client;
    }

    /**
     * Sends writes of these lengths in the background. The task blocks while the server does not read, and ends with
     * the connection.
     */
    private void write(String drive, int... lengths) throws IOException {
        RawNbd client = connect(drive);
        CompletableFuture<Void> unused = CompletableFuture.runAsync(
                () -> {
                    try {
                        for (int length : lengths) {
                            client.request(0, RawNbd.WRITE, length, 0, length, ByteBuffer.allocate(length));
                        }
                    } catch (IOException e) {
                        // closed by the test
                    }
                },
                task -> {
                    Thread thread = new Thread(task, "greedy");
                    thread.setDaemon(true);
                    thread.start();
                });
    }

    private static void readWell(int... lengths) throws IOException {
        for (int length : lengths) {
            try (RawNbd client = new RawNbd(weir.socket(), "well")) {
                assertEquals(length, client.read(0, length).remaining());
            }
        }
    }

    private static void awaitQueued(String drive, int count) {
        weir.await(() -> weir.ask("drives --json").json().stream()
                .anyMatch(row -> row.getString("name").equals(drive) && row.getLong("queued_writes") >= count));
    }

    @Test
    void heldWritesLeaveOtherDrivesAlone() throws IOException {
        for (int i = 0; i < 12; i++) {
            write("slow", LONGEST, LONGEST, 16 * MIB, 8 * MIB, 4 * MIB, MIB, 64 << 10, 4096, 4096, 4096);
        }
        awaitQueued("slow", 10);
        assertTimeoutPreemptively(SOON, () -> readWell(4096, 128 << 10, MIB, LONGEST));
    }

    @Test
    void throttledTenantsLeaveRoomForTheLongestRead() throws IOException {
        int[] lengths = new int[64];
        Arrays.fill(lengths, MIB);
        for (int tenant = 1; tenant <= 4; tenant++) {
            write("tenant" + tenant, lengths);
        }
        awaitQueued("tenant4", 1);
        assertTimeoutPreemptively(SOON, () -> readWell(LONGEST, 4096));
    }

    @Test
    void tricklingPayloadsAreCutOff() throws IOException {
        for (int i = 0; i < 4; i++) {
            connect("well").request(0, RawNbd.WRITE, 1, 0, LONGEST, ByteBuffer.allocate(MIB));
        }
        CompletableFuture<Void> read =
                CompletableFuture.runAsync(() -> assertTimeoutPreemptively(SOON, () -> readWell(LONGEST)));
        assertThrows(IOException.class, () -> {
            for (int i = 0; i < 200; i++) {
                for (RawNbd client : greedy) {
                    client.request(0, 0, 0, 0, 0, ByteBuffer.allocate(0)); // is payload, to the server
                }
                Weir.pause(100);
            }
        });
        read.join();
        assertEquals(true, weir.log().contains("sent less than 1 MiB of its payload in 1000 ms"));
    }

    @Test
    void hangUpAfterDisconnectEndsTheConnection() throws IOException {
        RawNbd client = connect("slowest");
        for (int i = 0; i < 15; i++) {
            client.request(0, RawNbd.WRITE, i, 0, 4096, ByteBuffer.allocate(4096));
        }
        client.request(0, DISCONNECT, 0, 0, 0, ByteBuffer.allocate(0));
        awaitQueued("slowest", 14);
    }
}
