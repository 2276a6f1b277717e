package dev.weir.it;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Weir in front of another Weir. Other servers are in RealServersTest of the backend. */
class ProxyIT {
    private static final int BYTES = 16 << 20;

    @TempDir
    private Path folder;

    private String uri(String home) {
        return "nbd+unix:///vm1?socket=" + folder.resolve(home).resolve("run/nbd.sock");
    }

    @Test
    void aDriveOfAnotherWeirIsCopiedInBothDirections() throws IOException {
        Client.need("nbdcopy", "nbdinfo");
        byte[] bytes = new byte[BYTES];
        new Random(4).nextBytes(bytes);
        Path in = Files.write(folder.resolve("in"), bytes);
        Path out = folder.resolve("out");
        try (Weir far = Weir.start(folder.resolve("far"), "-drive", "id=vm1,memory=16M");
                Weir near = Weir.start(
                        folder.resolve("near"), "-drive", "id=vm1,backend.connections=4,uri=" + uri("far"))) {
            Client.run("nbdcopy", in.toString(), uri("near")).ok();
            Client.run("nbdcopy", uri("near"), out.toString()).ok();

            assertEquals(-1, Files.mismatch(in, out));
            assertTrue(far.exec("drive vm1").ok().out().contains("writes"), "the far drive was written");
            assertEquals(
                    String.valueOf(BYTES),
                    Client.run("nbdinfo", "--size", uri("near")).ok().out().strip());
            assertTrue(near.exec("drive vm1").ok().out().contains("backend   nbd"));
        }
    }
}
