package dev.weir.shell.gogo;

import dev.weir.log.FailureText;
import dev.weir.log.PlainText;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.InvalidPathException;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.apache.felix.gogo.jline.Posix;
import org.apache.felix.service.command.CommandProcessor;
import org.apache.felix.service.command.CommandSession;
import org.apache.felix.service.command.Job;
import org.apache.felix.service.command.Process;
import org.jspecify.annotations.Nullable;

/**
 * Gogo's {@code grep}, {@code head} and the like, with a working {@code grep -c} and {@code grep -q}. Gogo's own
 * {@code grep -c} always prints 0 and its {@code grep -q} prints the lines. The files that they read are bounded.
 */
public final class PosixCommands extends Posix {
    private static final Pattern COUNTS = Pattern.compile("-[A-Za-z]*c[A-Za-z]*|--count");

    private static final Pattern QUIET = Pattern.compile("-[A-Za-z]*q[A-Za-z]*|--quiet|--silent");

    private static final Pattern LINES = Pattern.compile("-[0-9]+");

    private static final Set<String> READERS = Set.of("cat", "grep", "head", "less", "sort", "tail", "wc");

    PosixCommands(CommandProcessor processor) {
        super(processor);
    }

    /** Runs a command. The reason of a failed file operation is in words. */
    @Override
    protected @Nullable Object run(CommandSession session, Process process, String[] words) throws Exception {
        try {
            checkFiles(session, words);
            return super.run(session, process, words);
        } catch (IOException | NullPointerException e) { // Gogo's tail has the latter for a missing file
            String reason = missing(session, words)
                    .map(file -> file + ": no such file or folder")
                    .orElseGet(() -> FailureText.of(e));
            process.err().println(words[0] + ": " + reason);
            process.error(1);
            return null;
        }
    }

    /** Returns the last file that is missing. The values of options are before the files. */
    private static Optional<String> missing(CommandSession session, String[] words) {
        return files(words).stream()
                .filter(file -> !Files.exists(session.currentDir().resolve(file)))
                .reduce((first, second) -> second)
                .map(PlainText::of);
    }

    @Override
    protected void head(CommandSession session, Process process, String[] words) throws Exception {
        super.head(session, process, withCountOption(words));
    }

    @Override
    protected void tail(CommandSession session, Process process, String[] words) throws Exception {
        super.tail(session, process, withCountOption(words));
    }

    /** Returns the words with {@code -n 4} in place of {@code -4}, which Gogo takes for a file. */
    private static String[] withCountOption(String[] words) {
        return Arrays.stream(words)
                .flatMap(word -> LINES.matcher(word).matches() ? Stream.of("-n", word.substring(1)) : Stream.of(word))
                .toArray(String[]::new);
    }

    private static void checkFiles(CommandSession session, String[] words) throws IOException {
        for (String file : files(words)) {
            check(file, session.currentDir());
        }
    }

    /** Returns the arguments that may be files. Values of options are among them. */
    private static List<String> files(String[] words) {
        if (!READERS.contains(words[0])) {
            return List.of();
        }
        int from = words[0].equals("grep") ? 1 : 0; // after the pattern
        return Arrays.stream(words)
                .skip(1)
                .filter(word -> !word.startsWith("-"))
                .skip(from)
                .toList();
    }

    private static void check(String name, Path folder) throws IOException {
        Path file;
        try {
            file = folder.resolve(name);
        } catch (InvalidPathException e) {
            return; // the command says so
        }
        ShellFiles.checkReadable(name, file);
    }

    @Override
    protected void grep(CommandSession session, Process process, String[] words) throws Exception {
        if (Arrays.stream(words).anyMatch(word -> QUIET.matcher(word).matches())) {
            super.grep(session, new Captured(process, new PrintStream(OutputStream.nullOutputStream())), words);
            return;
        }
        boolean counts =
                Arrays.stream(words).anyMatch(word -> COUNTS.matcher(word).matches());
        if (!counts) {
            super.grep(session, process, words);
            return;
        }
        String[] others = Arrays.stream(words)
                .map(word -> COUNTS.matcher(word).matches() ? without(word) : word)
                .filter(word -> !word.isEmpty())
                .toArray(String[]::new);
        ByteArrayOutputStream lines = new ByteArrayOutputStream();
        super.grep(session, new Captured(process, new PrintStream(lines, true, StandardCharsets.UTF_8)), others);
        process.out().println(lines.toString(StandardCharsets.UTF_8).lines().count());
    }

    private static String without(String word) {
        String left = word.equals("--count") ? "" : word.replace("c", "");
        return left.equals("-") ? "" : left;
    }

    /** A process whose output is captured. */
    private record Captured(Process process, PrintStream lines) implements Process {
        @Override
        public InputStream in() {
            return process.in();
        }

        @Override
        public PrintStream out() {
            return lines;
        }

        @Override
        public PrintStream err() {
            return process.err();
        }

        @Override
        public Job job() {
            return process.job();
        }

        @Override
        public boolean isTty(int fd) {
            return false;
        }

        @Override
        public void error(int error) {
            process.error(error);
        }
    }
}
