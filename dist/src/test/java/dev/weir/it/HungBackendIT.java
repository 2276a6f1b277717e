package dev.weir.it;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** A backend that never comes back: another drive, the shell and the stop go on. */
class HungBackendIT {
    @TempDir
    private Path home;

    @Test
    void aBackendThatHangsHangsNothingElse() throws IOException {
        FaultyBundle.write(Files.createDirectories(home.resolve("deploy")).resolve("faulty.jar"));
        Path config = Files.writeString(
                home.resolve("weir.conf"),
                """
                weir.nbd.stop-timeout = 1s
                weir.drives {
                  stuck { backend { type = faulty } }
                  well { backend { type = memory, size = 1MiB } }
                }
                """);
        try (Weir weir = Weir.start(home, "--config", config.toString())) {
            try (RawNbd stuck = new RawNbd(weir.socket(), "stuck");
                    RawNbd well = new RawNbd(weir.socket(), "well")) {
                assertEquals(0, stuck.read(0, 512).get(0));
                Files.createFile(home.resolve(FaultyBundle.HANG));
                stuck.request(0, RawNbd.READ, 7, 0, 512, ByteBuffer.allocate(0));
                stuck.request(0, RawNbd.FLUSH, 8, 0, 0, ByteBuffer.allocate(0));
                assertEquals(new RawNbd.Reply(8, 0), stuck.reply());
                assertEquals(0, well.read(0, 512).get(0));
                weir.exec("limits stuck iops=5").ok();
                String drive = weir.exec("drive stuck").ok().out();
                assertTrue(drive.contains("in flight 1"), drive);
            }
            weir.stop();
        }
    }
}
