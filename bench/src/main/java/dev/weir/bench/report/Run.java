package dev.weir.bench.report;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import org.jspecify.annotations.Nullable;

/**
 * Settings of a run. Results go to standard output and a file. Progress goes to standard error.
 *
 * @param rounds rounds; each round measures everything once
 * @param seconds duration of one measurement
 * @param folder folder for images and sockets
 * @param weir folder of the distribution
 * @param against folder of another distribution of Weir to compare with, or null
 * @param output file for all results
 * @param only text that the name of a case must contain
 * @param goals the goals of the suites that ran
 */
public record Run(
        int rounds,
        int seconds,
        Path folder,
        Path weir,
        @Nullable Path against,
        Path output,
        String only,
        Goals goals) {

    /** Reports the current measurement. */
    public void progress(int round, String what) {
        System.err.printf("[%d/%d] %s%n", round, rounds, what);
    }

    /** Reports other progress. */
    public void progress(String what) {
        System.err.println(what);
    }

    public void section(String title, Object... parts) {
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

    public boolean isWanted(String name) {
        return name.contains(only);
    }
}
