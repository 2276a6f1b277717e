package dev.weir.backend.qemu;

import java.io.File;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.regex.Pattern;

/** The programs that run a daemon, found in the folders of {@code PATH}. */
final class Programs {
    private final List<Path> folders;

    private Programs(List<Path> folders) {
        this.folders = folders;
    }

    /** Returns the programs of a search path such as {@code /usr/bin:/bin}. Relative folders are left out. */
    static Programs of(String searchPath) {
        return new Programs(Pattern.compile(File.pathSeparator)
                .splitAsStream(searchPath)
                .filter(folder -> folder.startsWith("/"))
                .map(Path::of)
                .toList());
    }

    /** Returns the programs of this process' {@code PATH}. */
    static Programs ofEnvironment() {
        String path = System.getenv("PATH");
        return of(path == null ? "/usr/bin:/bin" : path);
    }

    /**
     * Returns the command of a daemon, of constant words only. The daemon runs in its private folder and connects to
     * the socket {@code qmp.sock} there. It is not in the process group of Weir because a terminal sends Ctrl-C to the
     * whole group. The kernel sends it SIGTERM when the thread that starts it ends.
     *
     * @throws IOException if a program is missing; the message names its Debian package
     */
    List<String> daemon() throws IOException {
        return List.of(
                find("setsid", "util-linux"),
                find("setpriv", "util-linux"),
                "--pdeathsig",
                "TERM",
                "--",
                find("qemu-storage-daemon", "qemu-system-common"),
                "--chardev",
                "socket,id=qmp,path=" + Daemon.QMP,
                "--monitor",
                "chardev=qmp");
    }

    private String find(String name, String debianPackage) throws IOException {
        return folders.stream()
                .map(folder -> folder.resolve(name))
                .filter(Files::isExecutable)
                .findFirst()
                .orElseThrow(() -> new IOException("the program " + name + " is missing; install the Debian package "
                        + debianPackage + " or one that has it"))
                .toString();
    }
}
