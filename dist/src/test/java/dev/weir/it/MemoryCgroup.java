package dev.weir.it;

import static org.junit.jupiter.api.Assumptions.abort;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;

/**
 * A control group with a memory limit, like that of a container. Closing removes it after its processes have ended.
 */
final class MemoryCgroup implements AutoCloseable {
    private static final Path ROOT = Path.of("/sys/fs/cgroup");

    private final Path folder;

    private MemoryCgroup(Path folder) {
        this.folder = folder;
    }

    /**
     * Creates a group of version 1 or 2. Skips the test without permission.
     *
     * @param bytes memory limit
     */
    static MemoryCgroup of(long bytes) throws IOException {
        boolean isFirstVersion = Files.exists(ROOT.resolve("memory"));
        Path parent = isFirstVersion ? ROOT.resolve("memory") : ROOT;
        Path folder = parent.resolve("weir-test-" + ProcessHandle.current().pid());
        try {
            Files.createDirectory(folder);
        } catch (IOException e) {
            return abort("may make no control group: " + e.getMessage());
        }
        try {
            Files.writeString(
                    folder.resolve(isFirstVersion ? "memory.limit_in_bytes" : "memory.max"), String.valueOf(bytes));
            return new MemoryCgroup(folder);
        } catch (IOException e) {
            Files.delete(folder);
            return abort("the memory of a control group has no limit here: " + e.getMessage());
        }
    }

    /** Makes a command run in the group from its start on. */
    void put(ProcessBuilder command) {
        command.command().addAll(0, List.of("sh", "-c", "echo $$ >\"$0\"; exec \"$@\"", folder + "/cgroup.procs"));
    }

    @Override
    public void close() throws IOException {
        Files.delete(folder);
    }
}
