package dev.weir.it;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTimeoutPreemptively;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** A policy whose query never returns. It holds its own drive and keeps no thread of Weir. */
class EndlessPolicyIT {
    private static final Duration SOON = Duration.ofSeconds(60);

    @TempDir
    private Path home;

    @Test
    void endlessPolicyHoldsItsDriveOnly() throws IOException {
        EndlessPolicyBundle.write(
                Files.createDirectories(home.resolve("deploy")).resolve("endless.jar"));
        Path config = Files.writeString(
                home.resolve("weir.conf"),
                """
                weir {
                  groups.shared { policy = endless, limits.iops = 1000 }
                  drives {
                    held { backend { type = memory, size = 1MiB }, policy = endless, limits.iops = 1000 }
                    member { backend { type = memory, size = 1MiB }, group = shared }
                    well { backend { type = memory, size = 1MiB }, limits.iops = 1000 }
                  }
                }
                """);
        try (Weir weir = Weir.start(home, "--config", config.toString());
                RawNbd held = new RawNbd(weir.socket(), "held");
                RawNbd member = new RawNbd(weir.socket(), "member")) {
            held.request(0, RawNbd.READ, 1, 0, 512, ByteBuffer.allocate(0));
            member.request(0, RawNbd.READ, 1, 0, 512, ByteBuffer.allocate(0));
            assertTimeoutPreemptively(SOON, () -> {
                weir.await(() -> weir.ask("drives").out().contains("has not answered within 1000 ms"));
                // as many as Weir has event loops, and more
                for (int i = 0; i < 16; i++) {
                    try (RawNbd well = new RawNbd(weir.socket(), "well")) {
                        assertEquals(512, well.read(0, 512).remaining());
                    }
                }
                String drive = weir.ask("drive held").out();
                assertTrue(drive.contains("EndlessPolicyBundle$Endless of test-endless"), drive);
                assertEquals(0, weir.ask("reload").status());
                assertEquals("", weir.ask("policy held bucket").ok().err());
                weir.awaitErrors("weir: drive held goes on with policy bucket");
                assertEquals(new RawNbd.Reply(1, 0), held.reply());
                assertEquals(0, weir.stop());
            });
        }
    }
}
