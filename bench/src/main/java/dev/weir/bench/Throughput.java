package dev.weir.bench;

import dev.weir.bench.report.Run;
import dev.weir.bench.server.Fio;
import dev.weir.bench.server.Server;
import dev.weir.bench.server.Target;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.ArrayList;
import java.util.List;

/**
 * NBD throughput and processor time of Weir beside nbdkit and qemu-nbd, measured with fio over Unix sockets. A round
 * measures every server once in every case; each round begins with another server.
 */
final class Throughput {
    private static final Fio READ_1 = new Fio("4 KiB random read, depth 1", "randread", 4096, 1, 1);
    private static final Fio READ_64 = new Fio("4 KiB random read, depth 64", "randread", 4096, 64, 1);
    private static final Fio READ_4_CONNECTIONS =
            new Fio("4 KiB random read, depth 32 × 4 connections", "randread", 4096, 32, 4);
    private static final Fio WRITE_64 = new Fio("4 KiB random write, depth 64", "randwrite", 4096, 64, 1);
    private static final Fio LONG_READ = new Fio("128 KiB read, depth 16", "read", 128 << 10, 16, 1);
    private static final Fio LONG_WRITE = new Fio("128 KiB write, depth 16", "write", 128 << 10, 16, 1);
    private static final List<Fio> CASES =
            List.of(READ_1, READ_64, READ_4_CONNECTIONS, WRITE_64, LONG_READ, LONG_WRITE);

    private static final List<Fio> FIRST_WRITES = List.of(
            new Fio("first 4 KiB random writes, depth 1", "randwrite", 4096, 1, 1),
            new Fio("first 4 KiB random writes, depth 64", "randwrite", 4096, 64, 1),
            new Fio("first 128 KiB writes, depth 1", "write", 128 << 10, 1, 1),
            new Fio("first 128 KiB writes, depth 16", "write", 128 << 10, 16, 1));

    private static final Fio FILL = new Fio("fill", "write", 1 << 20, 4, 1);
    private static final int COLD_SECONDS = 4;
    private static final long RANDOM_BYTES = 128 << 20;
    private static final long WARM_BYTES = 64 << 20;
    private static final int WARM_SECONDS = 4;
    private static final long TOUCHED_BYTES = 3 * Target.DRIVE_BYTES / 2;

    private final Run run;
    private final List<Target> targets;
    private final Figures figures = new Figures();

    Throughput(Run run) {
        this(run, Target.all(run));
    }

    private Throughput(Run run, List<Target> targets) {
        this.run = run;
        this.targets = targets;
    }

    /** Returns the measurement of first writes; each Weir has a second drive for its start. */
    static Throughput ofFirstWrites(Run run) {
        return new Throughput(run, Target.withWarmDrive(run));
    }

    /** A running server and its target. */
    private record Running(Target target, Server server) {}

    /** Measures warm servers. All run throughout and the first round is not counted. */
    void measureWarm() throws IOException, InterruptedException {
        List<Running> running = new ArrayList<>();
        try {
            for (Target target : targets) {
                run.progress("starting and filling " + target);
                running.add(new Running(target, target.starter().start()));
                FILL.run(running.get(running.size() - 1).server.uri(), Target.DRIVE_BYTES, 0);
            }
            for (int round = 0; round <= run.rounds(); round++) {
                measureAll(running, round);
            }
        } finally {
            for (Running each : running) {
                each.server.close();
            }
        }
        run.section(
                "NBD throughput",
                "%d rounds of %d s each after one that is not counted; drives of %d MiB, written once before."
                        .formatted(run.rounds(), run.seconds(), Target.DRIVE_BYTES >> 20),
                figures.speed(),
                "Processor time of the server:",
                figures.cpu(),
                "Limits that are never reached:",
                figures.besidePlain(Target.WITH_LIMITS, "with six limits"),
                "Faults of which none is active:",
                figures.besidePlain(Target.IDLE_FAULTS, "with idle faults"),
                "For comparison, a server with nothing behind it:",
                figures.nullStorage());
        if (run.against() != null) {
            run.section("This commit and another in turns", run.against(), figures.otherCommit());
        }
        addGoals();
    }

    private void addGoals() {
        speedGoals(READ_1, 1.0, 1.0);
        figures.speedGoal(run.goals(), READ_1, Target.MEMORY, Target.BUSY_POLL, 1.5);
        figures.speedGoal(run.goals(), READ_1, Target.FILE, Target.BUSY_POLL, 1.5);
        speedGoals(READ_64, 1.6, 1.6);
        speedGoals(READ_4_CONNECTIONS, 2.2, 2.5);
        speedGoals(WRITE_64, 1.05, 1.05);
        speedGoals(LONG_READ, 1.5, 1.1);
        speedGoals(LONG_WRITE, 1.25, 1.2);
        for (String storage : List.of(Target.MEMORY, Target.FILE)) {
            figures.cpuGoal(run.goals(), READ_1, storage, 0.8);
            figures.cpuGoal(run.goals(), READ_64, storage, 0.5);
            figures.cpuGoal(run.goals(), WRITE_64, storage, 0.8);
        }
        for (Fio load : CASES) {
            figures.besidePlainGoal(run.goals(), load, Target.WITH_LIMITS, 0.97);
        }
        figures.besidePlainGoal(run.goals(), READ_64, Target.IDLE_FAULTS, 0.97);
    }

    private void speedGoals(Fio load, double memory, double file) {
        figures.speedGoal(run.goals(), load, Target.MEMORY, Target.WEIR, memory);
        figures.speedGoal(run.goals(), load, Target.FILE, Target.WEIR, file);
    }

    private void measureAll(List<Running> running, int round) throws IOException, InterruptedException {
        for (Fio load : CASES) {
            for (int i = 0; i < running.size() && run.isWanted(load.name()); i++) {
                Running each = running.get((i + round) % running.size());
                run.progress(round, load.name() + ": " + each.target);
                figures.measure(load, each.target, each.server, run.seconds(), round > 0);
            }
        }
    }

    /** Measures the first writes to fresh drives and sparse images. Each measurement has its own server. */
    void measureFirstWrites() throws IOException, InterruptedException {
        for (int round = 0; round <= run.rounds(); round++) {
            for (Fio load : FIRST_WRITES) {
                for (int i = 0; i < targets.size() && run.isWanted(load.name()); i++) {
                    Target target = targets.get((i + round) % targets.size());
                    run.progress(round, load.name() + ": " + target);
                    Target.removeImages(run);
                    try (Server server = target.starter().start()) {
                        if (target.isWeir()) {
                            load.run(server.uri().replace("/vm1?", "/" + Target.WARM + "?"), WARM_BYTES, WARM_SECONDS);
                        }
                        touchMemory();
                        measureFirstWrites(load, target, server, round > 0);
                    }
                }
            }
        }
        run.section(
                "First writes",
                ("%d rounds after one that is not counted. Random: %d MiB of a drive of %d MiB; sequential: all of it."
                                + " Every measurement has a fresh server and drive; a Weir has first served another"
                                + " drive for %d s, so that its code is compiled. %d MiB of memory have just been used"
                                + " and freed, so that no server waits for the host of a virtual machine.")
                        .formatted(
                                run.rounds(),
                                RANDOM_BYTES >> 20,
                                Target.DRIVE_BYTES >> 20,
                                WARM_SECONDS,
                                TOUCHED_BYTES >> 20),
                figures.speed(),
                figures.cpu());
        if (run.against() != null) {
            run.section("This commit and another in turns", run.against(), figures.otherCommit());
        }
        FIRST_WRITES.forEach(load -> speedGoals(load, 1.2, 1.0));
    }

    /**
     * Uses and frees memory. The host of a virtual machine takes back memory that is free for two seconds. The next use
     * then costs about 10 µs for 4 KiB, and chance decides which server pays for it.
     */
    private void touchMemory() throws IOException {
        Path file = run.folder().resolve("touched");
        try (FileChannel channel = FileChannel.open(file, StandardOpenOption.CREATE_NEW, StandardOpenOption.WRITE)) {
            ByteBuffer zeroes = ByteBuffer.allocateDirect(1 << 20);
            for (long written = 0; written < TOUCHED_BYTES; written += zeroes.capacity()) {
                channel.write(zeroes.clear());
            }
        } finally {
            Files.deleteIfExists(file);
        }
    }

    private void measureFirstWrites(Fio load, Target target, Server server, boolean counts)
            throws IOException, InterruptedException {
        long bytes = load.rw().startsWith("rand") ? RANDOM_BYTES : Target.DRIVE_BYTES;
        figures.measure(load, target, server, 0, counts, "--io_size=" + bytes);
    }

    /** Measures the first seconds of fresh servers on images in the page cache. */
    void measureCold() throws IOException, InterruptedException {
        for (Target target : targets) {
            if (target.storage().equals(Target.FILE)) {
                run.progress("filling the image of " + target);
                try (Server server = target.starter().start()) {
                    FILL.run(server.uri(), Target.DRIVE_BYTES, 0);
                }
            }
        }
        for (int round = 1; round <= run.rounds(); round++) {
            for (Fio load : CASES) {
                for (int i = 0; i < targets.size() && run.isWanted(load.name()); i++) {
                    Target target = targets.get((i + round) % targets.size());
                    run.progress(round, "cold, " + load.name() + ": " + target);
                    try (Server server = target.starter().start()) {
                        figures.measure(load, target, server, COLD_SECONDS, true);
                    }
                }
            }
        }
        run.section(
                "NBD throughput, cold",
                "The first %d s of a server that has just said that it is ready; %d rounds. Images were written before."
                        .formatted(COLD_SECONDS, run.rounds()),
                figures.speed(),
                figures.cpu());
    }
}
