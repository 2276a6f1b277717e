package dev.weir.bench;

import dev.weir.bench.report.Run;
import dev.weir.bench.server.Fio;
import dev.weir.bench.server.Server;
import dev.weir.bench.server.Target;
import dev.weir.testkit.host.Program;
import java.io.IOException;
import java.io.RandomAccessFile;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;

/**
 * Throughput of block devices with direct I/O, beside qemu-nbd with io_uring and with native AIO. Each server has a
 * loop device on a file in memory, so no disk is measured. A round measures every server once in every case; each round
 * begins with another server.
 */
final class DeviceThroughput {
    private static final Fio LONG_WRITE = new Fio("128 KiB write, depth 16", "write", 128 << 10, 16, 1);
    private static final List<Fio> CASES = List.of(
            new Fio("4 KiB random read, depth 1", "randread", 4096, 1, 1),
            new Fio("4 KiB random read, depth 64", "randread", 4096, 64, 1),
            new Fio("4 KiB random write, depth 1", "randwrite", 4096, 1, 1),
            new Fio("4 KiB random write, depth 64", "randwrite", 4096, 64, 1),
            new Fio("128 KiB read, depth 16", "read", 128 << 10, 16, 1),
            LONG_WRITE);

    private static final String DEVICE = "device";
    private static final Path MEMORY = Path.of("/dev/shm");
    private static final String SETUP = "losetup";
    private static final double GOAL = 1.0;
    private static final double LONG_WRITE_GOAL = 1.2;

    private final Run run;
    private final Figures figures = new Figures();
    private final List<String> devices = new ArrayList<>();

    DeviceThroughput(Run run) {
        this.run = run;
    }

    /** Measures all servers. All run throughout and the first round is not counted. */
    void measure() throws IOException, InterruptedException {
        if (!Program.isThere("qemu-nbd")
                || !Program.isThere(SETUP)
                || !Files.isWritable(Path.of("/dev/loop-control"))) {
            run.progress("the suite device needs qemu-nbd, " + SETUP + " and root: it is left out");
            return;
        }
        Path folder = Files.createTempDirectory(Files.isWritable(MEMORY) ? MEMORY : run.folder(), "weir-bench");
        Map<Target, Server> servers = new LinkedHashMap<>();
        try {
            for (Target target : targets(folder)) {
                run.progress("starting " + target);
                servers.put(target, target.starter().start());
            }
            for (int round = 0; round <= run.rounds(); round++) {
                measureAll(servers, round);
            }
        } finally {
            for (Server each : servers.values()) {
                each.close();
            }
            remove(folder);
        }
        run.section(
                "Block devices with direct I/O",
                "%d rounds of %d s each after one that is not counted; loop devices of %d MiB on files in %s."
                        .formatted(run.rounds(), run.seconds(), Target.DRIVE_BYTES >> 20, folder.getParent()),
                figures.speed());
        CASES.forEach(load -> figures.speedGoal(
                run.goals(), load, DEVICE, Target.WEIR, load.equals(LONG_WRITE) ? LONG_WRITE_GOAL : GOAL));
    }

    private List<Target> targets(Path folder) throws IOException {
        String ours = device(folder, Target.WEIR);
        List<Target> targets = new ArrayList<>();
        targets.add(new Target(DEVICE, Target.WEIR, () -> Server.weir(run, DEVICE, "file=" + ours + ",cache=none")));
        for (String aio : List.of("io_uring", "native")) {
            String theirs = device(folder, aio);
            targets.add(new Target(
                    DEVICE,
                    "qemu-nbd " + aio,
                    () -> Server.peer(
                            run,
                            "",
                            "qemu-nbd",
                            "-t",
                            "-k",
                            "SOCKET",
                            "-f",
                            "raw",
                            "--cache=none",
                            "--aio=" + aio,
                            theirs)));
        }
        return targets;
    }

    /** Makes a loop device on a file without holes. */
    private String device(Path folder, String name) throws IOException {
        Path file = folder.resolve(name);
        byte[] bytes = new byte[1 << 20];
        try (RandomAccessFile out = new RandomAccessFile(file.toFile(), "rw")) {
            for (long written = 0; written < Target.DRIVE_BYTES; written += bytes.length) {
                out.write(bytes);
            }
        }
        String device = Program.firstLine(SETUP, "--find", "--show", file.toString());
        devices.add(device);
        return device;
    }

    private void remove(Path folder) throws IOException {
        for (String device : devices) {
            Program.output(List.of(SETUP, "--detach", device));
        }
        try (var files = Files.newDirectoryStream(folder)) {
            for (Path file : files) {
                Files.delete(file);
            }
        }
        Files.delete(folder);
    }

    private void measureAll(Map<Target, Server> servers, int round) throws IOException, InterruptedException {
        List<Target> targets = List.copyOf(servers.keySet());
        for (Fio load : CASES) {
            for (int i = 0; i < targets.size() && run.isWanted(load.name()); i++) {
                Target target = targets.get((i + round) % targets.size());
                run.progress(round, load.name() + ": " + target);
                Server server = Objects.requireNonNull(servers.get(target));
                figures.measure(load, target, server, run.seconds(), round > 0);
            }
        }
    }
}
