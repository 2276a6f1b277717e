package dev.weir.it;

import static org.junit.jupiter.api.Assumptions.assumeTrue;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.regex.Pattern;
import java.util.stream.Stream;

/** A small Linux guest in an emulated QEMU: a kernel, its modules, a few programs and a test script. */
final class Guest {
    /** The folder with the kernel and its modules that {@code ./test} fetches. */
    private static final Path KERNEL = Path.of(System.getProperty("weir.guest"));

    private static final Pattern WORDS = Pattern.compile("\\s+");

    private Guest() {}

    /** Skips the test if files of the kernel are missing. */
    static void need(String... names) throws IOException {
        for (String name : names) {
            assumeTrue(find(name).isPresent(), "needs " + (name.equals("vmlinuz") ? "a guest kernel" : name));
        }
    }

    /**
     * Boots, runs the script as the first process and returns the console output when the guest has powered off.
     *
     * @param modules kernel modules, for the root folder
     * @param programs programs for {@code /bin}, with their libraries
     * @param options QEMU options
     */
    static String boot(Path folder, String init, List<String> modules, List<String> programs, List<String> options)
            throws IOException {
        List<String> command = new ArrayList<>(List.of("qemu-system-x86_64", "-accel", "tcg", "-m", "256"));
        command.addAll(List.of("-nodefaults", "-display", "none", "-serial", "stdio", "-no-reboot"));
        command.addAll(List.of("-kernel", find("vmlinuz").orElseThrow().toString()));
        command.addAll(
                List.of("-initrd", initrd(folder, init, modules, programs).toString()));
        command.addAll(List.of("-append", "console=ttyS0 panic=-1 quiet no_timer_check"));
        command.addAll(options);
        return Client.run(command.toArray(String[]::new)).ok().out();
    }

    private static Path initrd(Path folder, String init, List<String> modules, List<String> programs)
            throws IOException {
        Path root = Files.createDirectories(folder.resolve("initrd"));
        for (String directory : List.of("bin", "dev", "proc", "sys")) {
            Files.createDirectories(root.resolve(directory));
        }
        for (String program : programs) {
            Path from = Client.find(program).orElseThrow();
            Files.copy(from, root.resolve("bin").resolve(program));
            copyLibraries(from, root);
        }
        for (String module : modules) {
            Files.copy(find(module + ".ko").orElseThrow(), root.resolve(module + ".ko"));
        }
        Files.writeString(root.resolve("init"), init).toFile().setExecutable(true);
        Path initrd = folder.resolve("initrd.cpio");
        Client.run("sh", "-c", "cd '%s' && busybox find . | busybox cpio -o -H newc > '%s'".formatted(root, initrd))
                .ok();
        return initrd;
    }

    /** Copies the libraries of a program. A static program has none; ldd then exits with an error. */
    private static void copyLibraries(Path program, Path root) throws IOException {
        for (String word : WORDS.split(Client.run("ldd", program.toString()).out(), -1)) {
            Path to = root.resolve(word.substring(word.startsWith("/") ? 1 : 0));
            if (word.startsWith("/") && Files.isRegularFile(Path.of(word)) && Files.notExists(to)) {
                Files.createDirectories(to.getParent());
                Files.copy(Path.of(word), to);
            }
        }
    }

    private static Optional<Path> find(String name) throws IOException {
        if (Files.notExists(KERNEL)) {
            return Optional.empty();
        }
        try (Stream<Path> files = Files.walk(KERNEL)) {
            return files.filter(file -> file.getFileName().toString().startsWith(name))
                    .findFirst();
        }
    }
}
