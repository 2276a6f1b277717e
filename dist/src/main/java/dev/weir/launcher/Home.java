package dev.weir.launcher;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.List;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/**
 * The folder that holds all state of one Weir.
 *
 * @param folder where it is, absolute
 */
record Home(Path folder) {

    /** Returns the home that was asked for, else that of the environment, else the user's. */
    static Home of(@Nullable Path given) {
        String environment = System.getenv("WEIR_HOME");
        // what the shell calls ~; the JVM knows only what the system's user database says
        String user = Objects.requireNonNullElse(System.getenv("HOME"), System.getProperty("user.home"));
        Path folder = given != null
                ? given
                : environment != null && !environment.isEmpty()
                        ? Path.of(environment)
                        : Path.of(user, ".local", "state", "weir");
        return new Home(folder.toAbsolutePath().normalize());
    }

    /** Makes the folders that are missing. Sockets are in one that only its owner may enter. */
    void create() throws IOException {
        for (Path path : List.of(run(), log(), deploy(), folder.resolve("disks"))) {
            Files.createDirectories(path);
        }
        Files.setPosixFilePermissions(run(), PosixFilePermissions.fromString("rwx------"));
    }

    Path run() {
        return folder.resolve("run");
    }

    Path log() {
        return folder.resolve("log");
    }

    Path deploy() {
        return folder.resolve("deploy");
    }

    Path cache() {
        return folder.resolve("felix-cache");
    }

    /** Returns the configuration that is used when none is named. */
    Path config() {
        return folder.resolve("weir.conf");
    }

    /** Returns the file that a running Weir keeps locked, with its process id in it. */
    Path lock() {
        return run().resolve("weir.lock");
    }
}
