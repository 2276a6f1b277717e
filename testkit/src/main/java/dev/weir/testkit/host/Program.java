package dev.weir.testkit.host;

import java.io.File;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.stream.Stream;

/** Runs a program to its end and returns its output. */
public final class Program {
    private Program() {}

    /** Returns whether the search path has a program of this name. */
    public static boolean isThere(String name) {
        return Stream.of(System.getenv("PATH").split(File.pathSeparator))
                .anyMatch(folder -> Files.isExecutable(Path.of(folder, name)));
    }

    /**
     * Runs a program with empty standard input.
     *
     * @return standard output and standard error
     * @throws IOException if the program is missing or fails; the message has its output
     */
    public static String output(List<String> command) throws IOException {
        Process process = new ProcessBuilder(command)
                .redirectErrorStream(true)
                .redirectInput(ProcessBuilder.Redirect.from(new File("/dev/null")))
                .start();
        String printed = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
        try {
            if (process.waitFor() != 0) {
                throw new IOException(String.join(" ", command) + " failed: " + printed.strip());
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new IOException("interrupted", e);
        }
        return printed;
    }

    /**
     * Returns the first line of a program's output.
     *
     * @throws IOException if the program is missing or fails
     */
    public static String firstLine(String... command) throws IOException {
        return output(List.of(command)).lines().findFirst().orElse("");
    }
}
