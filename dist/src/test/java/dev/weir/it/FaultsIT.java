package dev.weir.it;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.typesafe.config.Config;
import com.typesafe.config.ConfigFactory;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** Faults on purpose with real clients, live and through reloads and updates of their bundle. */
@Timeout(value = 180, unit = TimeUnit.SECONDS, threadMode = Timeout.ThreadMode.SEPARATE_THREAD)
class FaultsIT {
    private static final Map<String, Integer> ERRNO =
            Map.of("EPERM", 1, "EIO", 5, "ENOMEM", 12, "EINVAL", 22, "ENOSPC", 28, "ENOTSUP", 95, "ESHUTDOWN", 108);

    private static final String DRIVE = "weir.drives.vm1 {\n  backend { type = memory, size = 64MiB }\n  %s\n}\n";

    @TempDir
    private Path home;

    private Weir weir;

    @BeforeEach
    void start() throws IOException {
        write("");
        weir = Weir.start(home, "--config", file().toString());
    }

    @AfterEach
    void stop() {
        weir.close();
    }

    private Path file() {
        return home.resolve("weir.conf");
    }

    private void write(String settings) throws IOException {
        Files.writeString(file(), DRIVE.formatted(settings));
    }

    private RawNbd connect() throws IOException {
        return new RawNbd(weir.socket(), "vm1");
    }

    private static int ask(RawNbd client, int flags, int type, long offset, byte[] data) throws IOException {
        client.request(flags, type, 7, offset, data.length, ByteBuffer.wrap(type == RawNbd.WRITE ? data : new byte[0]));
        return client.reply().error();
    }

    private List<? extends Config> faults() {
        return weir.ask("faults vm1 --json").ok().json();
    }

    private Client.Result qemuIo(String... commands) {
        String[] line = new String[3 + 2 * commands.length + 1];
        line[0] = "qemu-io";
        line[1] = "-f";
        line[2] = "raw";
        for (int i = 0; i < commands.length; i++) {
            line[3 + 2 * i] = "-c";
            line[4 + 2 * i] = commands[i];
        }
        line[line.length - 1] = weir.uri("vm1");
        return Client.run(line);
    }

    @Test
    void eachErrorReachesItsRequestsAndNoOther() throws IOException {
        byte[] block = new byte[4096];
        try (RawNbd client = connect()) {
            for (Map.Entry<String, Integer> error : ERRNO.entrySet()) {
                weir.ask("fault vm1 f on=write range=1MiB+4KiB error=" + error.getKey())
                        .ok();
                assertEquals(error.getValue(), ask(client, 0, RawNbd.WRITE, 1 << 20, block), error.getKey());
                assertEquals(0, ask(client, 0, RawNbd.WRITE, 0, block), error.getKey());
                assertEquals(0, ask(client, 0, RawNbd.WRITE, (1 << 20) + 4096, block), error.getKey());
                assertEquals(0, ask(client, 0, RawNbd.FLUSH, 0, new byte[0]), error.getKey());
                assertEquals(1, faults().get(0).getInt("requests"));
                weir.ask("fault vm1 f --clear").ok();
            }
        }
    }

    @Test
    void heldRequestsShowTheirFaultAndDueTime() throws IOException {
        weir.ask("fault vm1 slow-fsync on=flush latency=60s").ok();
        try (RawNbd client = connect()) {
            client.request(0, RawNbd.FLUSH, 1, 0, 0, ByteBuffer.allocate(0));
            weir.await(() -> !weir.ask("queue vm1 --json").ok().json().isEmpty());
            Config held = weir.ask("queue vm1 --json").ok().json().get(0);
            assertEquals("fault: slow-fsync", held.getString("held_by"));
            assertTrue(held.getLong("goes_in_nanos") > 30_000_000_000L, held::toString);
            assertEquals(1, faults().get(0).getInt("holding"));
            weir.ask("fault vm1 slow-fsync --clear").ok();
            assertEquals(new RawNbd.Reply(1, 0), client.reply());
        }
        assertTrue(weir.log().contains("drive vm1: fault slow-fsync ends; it has hit 1 requests"), weir::log);
    }

    @Test
    void verifyingLoadPassesLatenciesHangsAndTheRecord() {
        Client.needFio();
        weir.ask("fault vm1 power-cut=on").ok();
        weir.ask("fault vm1 slow latency.p50=100us latency.p99=5ms").ok();
        weir.ask("fault vm1 late on=write latency.median=200us latency.sigma=1 when=after")
                .ok();
        weir.ask("fault vm1 stall hang=50ms every=500ms").ok();
        FioLoad.verify(weir.uri("vm1"), "--bs=8k", "--size=16m", "--fsync=32");
        for (Config fault : faults()) {
            assertTrue(fault.getInt("requests") > 0, fault::toString);
        }
    }

    @Test
    void corruptedReadsAgreeAndTheStorageIsRight() {
        Client.need("qemu-io");
        qemuIo("write -P 90 0 1M").ok();
        weir.ask("fault vm1 rot on=read corrupt=1 range=64KiB+512").ok();
        assertTrue(qemuIo("read -P 90 0 1M").out().contains("Pattern verification failed"));
        assertTrue(!qemuIo("read -P 90 0 64k").out().contains("Pattern verification failed"));
        weir.ask("fault vm1 rot --clear").ok();
        assertTrue(!qemuIo("read -P 90 0 1M").out().contains("Pattern verification failed"));
    }

    @Test
    void powerCutLosesUnflushedWritesOnly() throws IOException {
        weir.ask("fault vm1 power-cut=on").ok();
        byte[] ones = new byte[4096];
        Arrays.fill(ones, (byte) 1);
        RawNbd client = connect();
        assertEquals(0, ask(client, 0, RawNbd.WRITE, 0, ones));
        assertEquals(0, ask(client, 0, RawNbd.FLUSH, 0, new byte[0]));
        assertEquals(0, ask(client, RawNbd.FUA, RawNbd.WRITE, 8192, ones));
        assertEquals(0, ask(client, 0, RawNbd.WRITE, 16_384, ones));
        Config report =
                ConfigFactory.parseString(weir.ask("power-cut vm1 --json").ok().out());
        assertEquals(1, report.getInt("lost_writes"));
        assertEquals(16_384, report.getConfigList("lost").get(0).getInt("offset_bytes"));
        client.close();
        Client.need("qemu-io");
        assertTrue(!qemuIo("read -P 1 0 4k", "read -P 1 8k 4k", "read -P 0 16k 4k")
                .out()
                .contains("Pattern verification failed"));
    }

    @Test
    void powerCutDisconnectsClients() throws IOException {
        weir.ask("fault vm1 power-cut=on").ok();
        weir.ask("fault vm1 stall on=read hang=until-cleared").ok();
        try (RawNbd client = connect()) {
            client.request(0, RawNbd.READ, 1, 0, 4096, ByteBuffer.allocate(0));
            weir.await(() -> faults().get(0).getInt("holding") == 1);
            weir.ask("power-cut vm1 after=1s").ok();
            assertEquals(new RawNbd.Reply(1, 108), client.reply());
            assertThrows(IOException.class, client::reply, "the connection survives the power cut");
        }
        weir.ask("fault vm1 --clear").ok();
        try (RawNbd client = connect()) {
            client.request(0, RawNbd.READ, 2, 0, 512, ByteBuffer.allocate(0));
            assertEquals(new RawNbd.Reply(2, 0), client.reply());
        }
    }

    @Test
    void bundleIsReplacedWhileItHoldsRequests() throws IOException {
        write("faults { bad { on = [read], error = EIO, range = \"0+4KiB\" }, slow { on = [flush], latency = 60s } }");
        weir.ask("reload").ok();
        String bundle = weir.bundle("weir-filter-faults");
        try (RawNbd client = connect()) {
            client.request(0, RawNbd.FLUSH, 1, 0, 0, ByteBuffer.allocate(0));
            weir.await(() -> faults().get(1).getInt("holding") == 1);
            weir.stop(bundle);
            assertEquals(new RawNbd.Reply(1, 0), client.reply());
            client.request(0, RawNbd.READ, 2, 0, 4096, ByteBuffer.allocate(0));
            weir.await(() -> !weir.ask("queue vm1 --json").ok().json().isEmpty());
            assertEquals(
                    "filter faults is missing",
                    weir.ask("queue vm1 --json").ok().json().get(0).getString("held_by"));
            weir.start(bundle);
            assertEquals(new RawNbd.Reply(2, 5), client.reply());
        }
    }

    @Test
    void reloadChangesFaultsLive() throws IOException {
        byte[] block = new byte[512];
        try (RawNbd client = connect()) {
            assertEquals(0, ask(client, 0, RawNbd.WRITE, 0, block));
            write("faults { full { on = [write], error = ENOSPC } }");
            assertTrue(weir.ask("reload").ok().out().contains("vm1"));
            assertEquals(28, ask(client, 0, RawNbd.WRITE, 0, block));
            write("faults { full { on = [write], error = E } }");
            assertNotEquals(0, weir.ask("reload").status());
            assertEquals(28, ask(client, 0, RawNbd.WRITE, 0, block));
            write("");
            weir.ask("reload").ok();
            assertEquals(0, ask(client, 0, RawNbd.WRITE, 0, block));
        }
        assertArrayEquals(new Object[0], faults().toArray());
    }
}
