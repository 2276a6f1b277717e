package dev.weir.it;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.weir.it.DocPage.Block;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;

/** Follows a page in an empty folder with an empty home, where {@code ./weir} is the distribution. */
final class Reader implements AutoCloseable {
    private static final int SECONDS = 60;

    private final DocPage page;
    private final Path folder;
    private final Deque<Process> background = new ArrayDeque<>();
    private final List<Path> links = new ArrayList<>();

    Reader(DocPage page, Path folder) throws IOException {
        this.page = page;
        this.folder = folder;
        Path weir = Path.of(System.getProperty("weir.folder"), "bin", "weir");
        Files.createDirectories(folder.resolve("home/bin"));
        link("weir", weir);
        link("home/bin/weir", weir);
        Path sources = Path.of("").toAbsolutePath().getParent();
        for (String shared : new String[] {"docs", "examples"}) {
            if (Files.exists(sources.resolve(shared))) {
                link(shared, sources.resolve(shared));
            }
        }
    }

    private void link(String name, Path target) throws IOException {
        links.add(Files.createSymbolicLink(folder.resolve(name), target));
    }

    /** Follows the page to its end. */
    void follow() throws IOException, InterruptedException {
        for (Block block : page.blocks()) {
            String needs = block.mark("needs");
            if (needs != null) {
                need(needs.split(" "));
            }
            String file = block.mark("file");
            if (file != null) {
                Path path = folder.resolve(file);
                Files.createDirectories(path.getParent());
                Files.writeString(path, block.text());
            } else if (block.isCommands() && block.mark("not run") == null) {
                run(block);
            }
        }
    }

    private static void need(String... programs) {
        for (String program : programs) {
            if (program.equals("fio")) {
                Client.needFio();
            }
            Client.need(program);
        }
    }

    private void run(Block block) throws IOException, InterruptedException {
        Path output = Files.createTempFile(folder, "output", "");
        Process process = start(block, output);
        String until = block.mark("background");
        if (until != null) {
            background.push(process);
            await(block, process, output, until);
            return;
        }
        if (!process.waitFor(SECONDS, TimeUnit.SECONDS)) {
            end(process);
            throw new AssertionError(where(block) + "no end after " + SECONDS + " s: " + Files.readString(output));
        }
        String printed = Files.readString(output);
        String status = block.mark("fails");
        assertEquals(
                status == null ? 0 : Integer.parseInt(status),
                process.exitValue(),
                () -> where(block) + block.text() + printed);
        requirePrinted(block, printed);
    }

    private void requirePrinted(Block block, String printed) {
        String text = block.mark("prints");
        if (text != null) {
            assertTrue(printed.contains(text), () -> where(block) + "does not print \"" + text + "\": " + printed);
        }
    }

    private void await(Block block, Process process, Path output, String until)
            throws IOException, InterruptedException {
        for (int i = 0; !Files.readString(output).contains(until); i++) {
            if (i == SECONDS * 10 || !process.isAlive()) {
                throw new AssertionError(
                        where(block) + "does not print \"" + until + "\": " + Files.readString(output));
            }
            Thread.sleep(100);
        }
    }

    private Process start(Block block, Path output) throws IOException {
        ProcessBuilder builder = new ProcessBuilder("bash", "-euc", block.text());
        builder.directory(folder.toFile());
        builder.environment().put("HOME", folder.resolve("home").toString());
        builder.environment().put("JAVA_HOME", System.getProperty("java.home"));
        builder.environment().merge("PATH", folder.resolve("home/bin").toString(), (path, own) -> own + ":" + path);
        builder.environment().remove("WEIR_HOME");
        return builder.redirectInput(Path.of("/dev/null").toFile())
                .redirectErrorStream(true)
                .redirectOutput(output.toFile())
                .start();
    }

    private String where(Block block) {
        return page.path() + ":" + block.line() + ": ";
    }

    private static void end(Process process) {
        List<ProcessHandle> all = Stream.concat(process.descendants(), Stream.of(process.toHandle()))
                .toList();
        all.forEach(ProcessHandle::destroy);
        for (ProcessHandle each : all) {
            each.onExit().completeOnTimeout(each, SECONDS / 2, TimeUnit.SECONDS).join();
            each.destroyForcibly();
        }
    }

    /** Ends the background commands, the last first. */
    @Override
    public void close() throws IOException {
        for (Process process : background) {
            end(process);
        }
        for (Path link : links) {
            Files.deleteIfExists(link);
        }
    }
}
