package dev.weir.launcher.home;

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
 * The home: the folder of all state of a Weir.
 *
 * @param folder absolute path
 */
public record Home(Path folder) {

    /** Longest path of a Unix socket on Linux (bytes). */
    private static final int MAX_SOCKET_PATH = 107;

    /**
     * Returns the home for {@code run}: the given one, {@code WEIR_HOME} or the user's default.
     *
     * @throws StartException if the user has no home folder or the path is too long for a socket in it
     */
    public static Home of(@Nullable Path given) throws StartException {
        Path named = named(given);
        return checked(named != null ? named : users(System.getenv("HOME"), System.getProperty("user.home")));
    }

    /**
     * Returns the home of a running Weir for client commands. It is {@link #of} with one exception: a user without a
     * running Weir gets the home of the Debian package's service, which {@code bin/weir} names.
     *
     * @throws StartException as {@link #of}
     */
    public static Home ofRunning(@Nullable Path given) throws StartException {
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

    /**
     * Returns the default home of a user.
     *
     * @param shell value of {@code HOME}; may be null or empty
     * @param jvm value of {@code user.home}, used without {@code HOME}
     * @throws StartException if the user has no home folder
     */
    static Path users(@Nullable String shell, String jvm) throws StartException {
        Path folder = Path.of(shell == null || shell.isEmpty() ? jvm : shell);
        if (!folder.isAbsolute()) {
            // user.home is "?" for a user without an entry in the user database
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
     * Creates missing folders with access for this user only. The folder of the sockets gets this mode even if it
     * exists.
     *
     * @throws StartException if other users can modify a folder
     */
    public void create() throws IOException, StartException {
        Set<PosixFilePermission> owner = PosixFilePermissions.fromString("rwx------");
        for (Path path : List.of(run(), log(), deploy(), folder.resolve("disks"))) {
            Files.createDirectories(path, PosixFilePermissions.asFileAttribute(owner));
        }
        if (FileOwner.isChecked()) {
            check();
        }
        Files.setPosixFilePermissions(run(), owner);
    }

    private void check() throws IOException, StartException {
        FileOwner.check(folder);
        for (Path path : List.of(run(), log(), deploy(), cache())) {
            if (Files.exists(path, LinkOption.NOFOLLOW_LINKS)) {
                FileOwner.checkInside(path);
            }
        }
    }

    /** Returns the folder of sockets and the lock file. */
    public Path run() {
        return folder.resolve("run");
    }

    /** Returns the folder of the log files. */
    public Path log() {
        return folder.resolve("log");
    }

    /** Returns the folder of bundles that are added at run time. */
    public Path deploy() {
        return folder.resolve("deploy");
    }

    /** Returns the folder of the framework's copies of bundles. */
    public Path cache() {
        return folder.resolve("felix-cache");
    }

    /** Returns the socket of {@code weir exec}, {@code shell}, {@code status} and {@code stop}. */
    Path shellSocket() {
        return run().resolve("shell.sock");
    }

    /** Returns the default configuration file. */
    public Path config() {
        return folder.resolve("weir.conf");
    }

    /** Returns the lock file of a running Weir. It contains the process id. */
    Path lock() {
        return run().resolve("weir.lock");
    }
}
