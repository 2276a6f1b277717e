package dev.weir.it;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.typesafe.config.Config;
import dev.weir.testkit.block.BackendScript.Fault;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** A failing backend: each failing request gets its error, and no other request is affected. */
class FaultyBackendIT {
    private static final int BLOCK = FaultyBundle.BLOCK;
    private static final int HANGS = Fault.HANG.ordinal() * BLOCK;

    /** Requests every block that does not hang, all at once, and prints each outcome. */
    private static final String ASK_AT_ONCE =
            """
            h.connect_uri("%s")
            def ask(command):
                ends = {}
                def note(block):
                    def ended(error):
                        ends[block] = error.value
                        return 1
                    return ended
                for block in range(%d):
                    command(nbd.Buffer(%d), block * %3$d, completion=note(block))
                while len(ends) < %2$d:
                    h.poll(-1)
                return [ends[block] for block in sorted(ends)]
            print(ask(h.aio_pread), ask(h.aio_pwrite), ask(h.aio_pread), len(h.pread(%3$d, 0)))
            """;

    @TempDir
    private Path home;

    private Weir weir;

    @BeforeEach
    void start() throws IOException {
        FaultyBundle.write(Files.createDirectories(home.resolve("deploy")).resolve("faulty.jar"));
        Path config = Files.writeString(
                home.resolve("weir.conf"),
                """
                weir.nbd.stop-timeout = 1s
                weir.drives {
                  faulty { backend { type = faulty }, limits.iops = 1000 }
                  well { backend { type = memory, size = 1MiB } }
                }
                """);
        weir = Weir.start(home, "--config", config.toString());
    }

    @AfterEach
    void stop() {
        weir.close();
    }

    /** Returns the errno of each fault, as nbdsh prints it. */
    private static String errors() {
        return Stream.of(Fault.values())
                .filter(fault -> fault != Fault.HANG)
                .map(fault -> switch (fault) {
                    case NONE -> "0";
                    case FULL -> "28"; // ENOSPC
                    default -> "5"; // EIO
                })
                .collect(Collectors.joining(", ", "[", "]"));
    }

    @Test
    void eachRequestGetsItsOwnError() {
        Client.need("nbdsh");
        int blocks = Fault.HANG.ordinal();
        String script = ASK_AT_ONCE.formatted(weir.uri("faulty"), blocks, BLOCK);
        String out = Client.run(Client.nbdsh(script), "").ok().out();
        String each = errors();
        assertEquals("%s %s %s %d%n".formatted(each, each, each, BLOCK), out);
        Config counters = weir.ask("drive faulty --json").object().getConfig("counters");
        assertEquals(3 * (blocks - 1), counters.getInt("failed"));
        assertEquals(0, weir.stop());
    }

    @Test
    void hangingRequestBlocksNoOther() throws IOException {
        try (RawNbd stuck = new RawNbd(weir.socket(), "faulty");
                RawNbd well = new RawNbd(weir.socket(), "well")) {
            assertEquals(0, stuck.read(0, 512).get(0));
            stuck.request(0, RawNbd.READ, 7, HANGS, 512, ByteBuffer.allocate(0));
            stuck.request(0, RawNbd.FLUSH, 8, 0, 0, ByteBuffer.allocate(0));
            assertEquals(new RawNbd.Reply(8, 0), stuck.reply());
            assertEquals(0, well.read(0, 512).get(0));
            weir.exec("limits faulty iops=5").ok();
            String drive = weir.exec("drive faulty").ok().out();
            assertTrue(drive.contains("in flight 1"), drive);
        }
        weir.stop();
    }

    /** Without a bound each would log 715 bytes, and ten log files would be full in minutes. */
    @Test
    void failingReadsDoNotFloodTheLog() throws IOException {
        int reads = 500;
        long offset = (long) Fault.FAIL.ordinal() * BLOCK;
        try (RawNbd client = new RawNbd(weir.socket(), "faulty")) {
            for (int i = 0; i < reads; i++) {
                client.request(0, RawNbd.READ, i, offset, BLOCK, ByteBuffer.allocate(0));
                assertEquals(new RawNbd.Reply(i, 5), client.reply());
            }
        }
        assertTrue(weir.countLogged("READ of " + BLOCK) <= 40, weir.log());
        weir.stop();
    }
}
