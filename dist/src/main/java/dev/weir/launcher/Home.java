package dev.weir.launcher;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermission;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.List;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * The folder that holds all state of one Weir.
 *
 * @param folder where it is, absolute
 */
record Home(Path folder) {

    /** The longest path of a Unix socket on Linux, in bytes. */
    private static final int MAX_SOCKET_PATH = 107;

    /**
     * Returns the home to serve drives from: the given one, else that of the environment, else the user's.
     *
     * @throws StartException if the user has no home folder, or the path is too long for a socket below it
     */
    static Home of(@Nullable Path given) throws StartException {
        Path named = named(given);
        return checked(named != null ? named : users(System.getenv("HOME"), System.getProperty("user.home")));
    }

    /**
     * Returns the home of a Weir to talk to. This is {@link #of}, except that a user without a running Weir talks to the
     * service of the Debian package, where {@code bin/weir} names its home.
     *
     * @throws StartException as {@link #of}
     */
    static Home ofRunning(@Nullable Path given) throws StartException {
        String service = System.getProperty("weir.service-home");
        if (service == null || named(given) != null || Files.notExists(Path.of(service))) {
            return of(given);
        }
        try {
            Home home = of(null);
            return Files.exists(home.shellSocket()) ? home : checked(Path.of(service));
        } catch (StartException e) {
            return checked(Path.of(service));
        }
    }

    private static @Nullable Path named(@Nullable Path given) {
        String environment = System.getenv("WEIR_HOME");
        return given != null || environment == null || environment.isEmpty() ? given : Path.of(environment);
    }

    /** Returns the home below a user's folder: {@code ~} as the shell has it, else as the JVM found it. */
    static Path users(@Nullable String shell, String jvm) throws StartException {
        Path folder = Path.of(shell == null || shell.isEmpty() ? jvm : shell);
        if (!folder.isAbsolute()) {
            // the JVM says "?" for a user without an entry in the user database
            throw new StartException(
                    "this user has no home folder (HOME is not set); name one with --home DIR or WEIR_HOME");
        }
        return folder.resolve(Path.of(".local", "state", "weir"));
    }

    private static Home checked(Path folder) throws StartException {
        Home home = new Home(folder.toAbsolutePath().normalize());
        int bytes = home.shellSocket().toString().getBytes(StandardCharsets.UTF_8).length;
        if (bytes > MAX_SOCKET_PATH) {
            throw new StartException(
                    "the home %s is too long: its socket run/shell.sock has a path of %d bytes, at most %d are possible; choose a shorter --home"
                            .formatted(home.folder(), bytes, MAX_SOCKET_PATH));
        }
        return home;
    }

    /**
     * Makes the folders that are missing, for this user only. The folder of the sockets is made so if it is not.
     *
     * @throws StartException if other users could change a folder
     */
    void create() throws IOException, StartException {
        Set<PosixFilePermission> owner = PosixFilePermissions.fromString("rwx------");
        for (Path path : List.of(run(), log(), deploy(), folder.resolve("disks"))) {
            Files.createDirectories(path, PosixFilePermissions.asFileAttribute(owner));
        }
        if (FolderOwner.isChecked()) {
            check();
        }
        Files.setPosixFilePermissions(run(), owner);
    }

    private void check() throws IOException, StartException {
        FolderOwner.check(folder);
        for (Path path : List.of(run(), log(), deploy(), cache())) {
            if (Files.exists(path, LinkOption.NOFOLLOW_LINKS)) {
                FolderOwner.checkInside(path);
            }
        }
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

    /** Returns the socket behind {@code weir exec}, {@code shell}, {@code status} and {@code stop}. */
    Path shellSocket() {
        return run().resolve("shell.sock");
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
