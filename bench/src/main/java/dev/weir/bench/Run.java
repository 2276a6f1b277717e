package dev.weir.bench;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;

/**
 * How to measure, and where results and progress go: results to standard output and a file, progress to standard error.
 *
 * @param rounds how often each thing is measured, each time after all the others
 * @param seconds how long one measurement takes
 * @param folder where images and sockets are
 * @param weir the folder of the distribution
 * @param output the file that gets all results, too
 * @param only what the name of a case has to contain
 */
record Run(int rounds, int seconds, Path folder, Path weir, Path output, String only) {

    /** Says what is being measured. */
    void progress(int round, String what) {
        System.err.printf("[%d/%d] %s%n", round, rounds, what);
    }

    /** Says what else is being done. */
    void progress(String what) {
        System.err.println(what);
    }

    void section(String title, Object... parts) {
        StringBuilder text = new StringBuilder("\n## " + title + "\n");
        for (Object part : parts) {
            text.append('\n').append(part).append('\n');
        }
        System.out.print(text);
        try {
            Files.writeString(output, text, StandardOpenOption.CREATE, StandardOpenOption.APPEND);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    boolean isWanted(String name) {
        return name.contains(only);
    }
}
