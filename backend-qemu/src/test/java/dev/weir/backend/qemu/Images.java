package dev.weir.backend.qemu;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;

/** QEMU's own programs, for tests. */
final class Images {
    private Images() {}

    /** Skips the test where QEMU's programs are missing. */
    static void assumeQemu() {
        for (String program : List.of("/usr/bin/qemu-storage-daemon", "/usr/bin/qemu-img", "/usr/bin/qemu-io")) {
            assumeTrue(Files.isExecutable(Path.of(program)), program + " is missing");
        }
    }

    /** Creates an image. */
    static Path create(Path image, String format, long size) throws IOException {
        run("qemu-img", "create", "-q", "-f", format, image.toString(), Long.toString(size));
        return image;
    }

    /** Runs a command that must succeed. Returns its output. */
    static String run(String... command) throws IOException {
        Process process = new ProcessBuilder(new ArrayList<>(List.of(command)))
                .redirectErrorStream(true)
                .start();
        String output = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
        try {
            assertEquals(0, process.waitFor(), () -> String.join(" ", command) + ": " + output);
        } catch (InterruptedException e) {
            throw new IOException(e);
        }
        return output;
    }
}
