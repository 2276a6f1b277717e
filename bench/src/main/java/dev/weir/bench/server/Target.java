package dev.weir.bench.server;

import dev.weir.bench.report.Run;
import dev.weir.testkit.host.Program;
import java.io.IOException;
import java.io.RandomAccessFile;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;

/**
 * A server to compare and the storage of its drive.
 *
 * @param storage the storage
 * @param server the server
 * @param starter starts the server
 */
public record Target(String storage, String server, Starter starter) {
    public static final long DRIVE_BYTES = 512L << 20;
    public static final String MEMORY = "memory";
    public static final String FILE = "file";
    public static final String WEIR = "weir";
    public static final String NBD_SERVER = "nbd-server";
    public static final String NBDKIT = "nbdkit";
    public static final String WITH_LIMITS = "weir, six limits";
    public static final String IDLE_FAULTS = "weir, idle faults";
    public static final String BUSY_POLL = "weir, busy-poll 20us";
    public static final String OTHER_COMMIT = "weir, other commit";
    public static final String WARM = "warm";
    public static final String NULL_CO = "qemu-nbd null-co";

    private static final String[] NO_ARGUMENTS = {};

    /** Limits so high that no request is ever held. */
    private static final String UNREACHED = ",bps=900T,bps_rd=800T,bps_wr=700T"
            + ",iops=900000000000000,iops_rd=800000000000000,iops_wr=700000000000000";

    /** Starts a server; targets run one at a time. */
    public interface Starter {
        Server start() throws IOException, InterruptedException;
    }

    /** Returns the targets whose programs are installed and reports the missing ones. */
    public static List<Target> all(Run run) {
        return all(run, false);
    }

    /**
     * Returns the targets whose programs are installed. Each plain Weir has a second drive on the same kind of storage,
     * which warms its JVM up. The name of the second drive is {@value #WARM}.
     */
    public static List<Target> withWarmDrive(Run run) {
        return all(run, true).stream()
                .filter(target ->
                        !Set.of(WITH_LIMITS, IDLE_FAULTS, BUSY_POLL, NULL_CO).contains(target.server))
                .toList();
    }

    private static List<Target> all(Run run, boolean hasWarmDrive) {
        String memory = "memory=" + DRIVE_BYTES;
        List<Target> targets = new ArrayList<>();
        String[] warmMemory = hasWarmDrive ? warm(memory) : NO_ARGUMENTS;
        targets.add(new Target(MEMORY, WEIR, () -> Server.weir(run, "memory", memory, warmMemory)));
        targets.add(new Target(MEMORY, WITH_LIMITS, () -> Server.weir(run, "limits", memory + UNREACHED)));
        targets.add(new Target(MEMORY, IDLE_FAULTS, () -> Server.weir(run, "faults", "", idleFaults(run))));
        targets.add(new Target(FILE, WEIR, () -> {
            String image = image(run, "weir.img");
            return Server.weir(run, "file", "file=" + image, warmImage(run, hasWarmDrive));
        }));
        targets.add(new Target(MEMORY, BUSY_POLL, () -> Server.weir(run, "memory", memory, busyPoll(run))));
        targets.add(new Target(FILE, BUSY_POLL, () -> {
            String image = image(run, "weir-busy.img");
            return Server.weir(run, "file", "file=" + image, busyPoll(run));
        }));
        Path other = run.against();
        if (other != null) {
            targets.add(new Target(MEMORY, OTHER_COMMIT, () -> Server.weir(run, other, "other", memory, warmMemory)));
            targets.add(new Target(FILE, OTHER_COMMIT, () -> {
                String image = image(run, "other.img");
                return Server.weir(run, other, "other", "file=" + image, warmImage(run, hasWarmDrive));
            }));
        }
        if (isThere(run, "nbdkit")) {
            String size = String.valueOf(DRIVE_BYTES);
            targets.add(new Target(
                    MEMORY, NBDKIT, () -> Server.peer(run, "", "nbdkit", "-f", "-U", "SOCKET", "memory", size)));
            targets.add(new Target(FILE, NBDKIT, () -> {
                String image = image(run, "nbdkit.img");
                return Server.peer(run, "", "nbdkit", "-f", "-U", "SOCKET", "file", image);
            }));
        }
        if (isThere(run, "qemu-nbd")) {
            targets.add(new Target(FILE, "qemu-nbd", () -> {
                String image = image(run, "qemu.img");
                return Server.peer(run, "", "qemu-nbd", "-t", "-e", "8", "-k", "SOCKET", "-f", "raw", image);
            }));
            String nothing = "driver=null-co,read-zeroes=off,size=" + DRIVE_BYTES;
            targets.add(new Target("none", NULL_CO, () -> {
                return Server.peer(run, "", "qemu-nbd", "-t", "-e", "8", "-k", "SOCKET", "--image-opts", nothing);
            }));
        }
        return targets;
    }

    private static String[] warm(String storage) {
        return new String[] {"-drive", "id=" + WARM + "," + storage};
    }

    private static String[] warmImage(Run run, boolean isWanted) throws IOException {
        return isWanted ? warm("file=" + image(run, "warm.img")) : NO_ARGUMENTS;
    }

    /** Returns the arguments for a drive whose fault is not active. */
    private static String[] idleFaults(Run run) throws IOException {
        Path configuration = run.folder().resolve("faults.conf");
        Files.writeString(
                configuration,
                """
                weir.drives.vm1 {
                  backend { type = memory, size = %d }
                  faults.later { error = EIO, schedule = ["1000h+1s"] }
                }
                """
                        .formatted(DRIVE_BYTES));
        return new String[] {"--config", configuration.toString()};
    }

    private static String[] busyPoll(Run run) throws IOException {
        Path configuration = run.folder().resolve("busy.conf");
        Files.writeString(configuration, "weir.nbd.busy-poll = 20us");
        return new String[] {"--config", configuration.toString()};
    }

    private static boolean isThere(Run run, String program) {
        boolean there = Program.isThere(program);
        if (!there) {
            run.progress(program + " is missing: what it is compared with is left out");
        }
        return there;
    }

    private static String image(Run run, String name) throws IOException {
        Path image = run.folder().resolve(name);
        try (RandomAccessFile file = new RandomAccessFile(image.toFile(), "rw")) {
            file.setLength(DRIVE_BYTES);
        }
        return image.toString();
    }

    /** Removes the images of all targets, which are not running. */
    public static void removeImages(Run run) throws IOException {
        try (DirectoryStream<Path> images = Files.newDirectoryStream(run.folder(), "*.img")) {
            for (Path image : images) {
                Files.delete(image);
            }
        }
    }

    public boolean isWeir() {
        return server.startsWith(WEIR);
    }

    public boolean is(String otherStorage, String otherServer) {
        return storage.equals(otherStorage) && server.equals(otherServer);
    }

    @Override
    public String toString() {
        return server + " (" + storage + ")";
    }
}
