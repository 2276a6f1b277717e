package dev.weir.it;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** A client with reconnect notices only the time of a restart. */
class RestartIT {
    private static final int WRITES = 60;
    private static final int BYTES = 64 << 10;

    /**
     * QEMU writes at full speed with 16 requests in flight, so that each stop finds some at the backend and some in
     * the queue.
     */
    @Test
    void qemuReconnectsAfterARestart(@TempDir Path folder) throws Exception {
        Client.need("qemu-io");
        Path home = folder.resolve("home");
        Path image = folder.resolve("disk.img");
        String drive = "id=vm1,file=%s,size=16M,iops=40".formatted(image);
        Weir first = Weir.start(home, "-drive", drive);
        List<String> command = new ArrayList<>(List.of(
                "qemu-io",
                "--image-opts",
                "driver=nbd,server.type=unix,server.path=%s,export=vm1,reconnect-delay=60".formatted(first.socket())));
        for (int i = 0; i < WRITES; i++) {
            command.addAll(List.of("-c", "aio_write -P %d %d %d".formatted(i + 1, (long) i * BYTES, BYTES)));
        }
        command.addAll(List.of("-c", "aio_flush", "-c", "flush"));
        Process qemu = new ProcessBuilder(command)
                .redirectErrorStream(true)
                .redirectOutput(folder.resolve("qemu-io").toFile())
                .start();
        try {
            for (int i = 0; writes(first) < 5; i++) {
                assertTrue(i < 300, "nothing is written");
                Client.run("sleep", "0.05");
            }
            assertEquals(0, first.stop());
            first.close();
            try (Weir second = Weir.start(home, "-drive", drive)) {
                assertTrue(qemu.waitFor(60, TimeUnit.SECONDS), "qemu-io does not end");
                String said = Files.readString(folder.resolve("qemu-io"));
                assertEquals(0, qemu.exitValue(), said);
                assertEquals(WRITES, said.split("wrote " + BYTES + "/" + BYTES + " bytes", -1).length - 1, said);
                assertTrue(!said.contains("failed") && !said.contains("error"), said);
                assertEquals(0, second.stop());
            }
        } finally {
            qemu.destroyForcibly();
        }
        assertWritten(image);
    }

    private static long writes(Weir weir) {
        String json = weir.ask("drive vm1 --json").ok().out();
        String after = json.substring(json.indexOf("\"writes\""));
        return Long.parseLong(after.replaceFirst("(?s)\\D*(\\d+).*", "$1"));
    }

    private static void assertWritten(Path image) throws IOException {
        byte[] all = Files.readAllBytes(image);
        for (int i = 0; i < WRITES; i++) {
            byte[] expected = new byte[BYTES];
            Arrays.fill(expected, (byte) (i + 1));
            int at = i * BYTES;
            assertEquals(-1, Arrays.mismatch(expected, Arrays.copyOfRange(all, at, at + BYTES)), "write " + i);
        }
    }
}
