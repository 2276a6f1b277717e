package dev.weir.testkit.tls;

import static java.nio.charset.StandardCharsets.UTF_8;

import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;

/** A program that makes keys. */
final class KeyTool {
    private KeyTool() {}

    /**
     * Runs a program to its end.
     *
     * @param options its options, separated by spaces
     * @param last further arguments
     * @throws IOException if the program is missing or fails
     */
    static void run(Path folder, String program, String options, String... last) throws IOException {
        List<String> command = new ArrayList<>(List.of(program));
        command.addAll(List.of(options.split(" ")));
        command.addAll(List.of(last));
        Process process = new ProcessBuilder(command)
                .directory(folder.toFile())
                .redirectErrorStream(true)
                .start();
        String said = new String(process.getInputStream().readAllBytes(), UTF_8);
        try {
            if (process.waitFor() != 0) {
                throw new IOException(program + " failed: " + said);
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new IOException("interrupted", e);
        }
    }
}
