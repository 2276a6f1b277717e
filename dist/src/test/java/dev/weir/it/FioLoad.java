package dev.weir.it;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.typesafe.config.Config;
import com.typesafe.config.ConfigFactory;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;

/** A verifying fio that runs until the test ends it. */
final class FioLoad implements AutoCloseable {
    private static final long SECONDS = 60;

    /** The exit status of a fio that was told to stop, without other errors. */
    private static final int STOPPED = 128;

    /** A job that reads, writes and verifies at random; its parameters are name and URI. */
    static final String VERIFY =
            """
            [%s]
            uri=%s
            rw=randrw
            bs=16k
            iodepth=16
            size=64m
            verify=crc32c
            verify_backlog=256
            verify_fatal=1
            serialize_overlap=1
            """;

    private final Path folder;
    private final Process process;

    private FioLoad(Path folder, Process process) {
        this.folder = folder;
        this.process = process;
    }

    /**
     * Starts fio.
     *
     * @param folder folder for its files
     * @param jobs the sections of a job file
     */
    static FioLoad start(Path folder, String jobs) throws IOException {
        String global = "[global]\nioengine=nbd\nthread\ntime_based\nruntime=7200\nlog_unix_epoch=1\n\n";
        Path job = Files.writeString(Files.createDirectories(folder).resolve("load.fio"), global + jobs);
        Process process = new ProcessBuilder("fio", "--output-format=json", "--output=result.json", job.toString())
                .directory(folder.toFile())
                .redirectErrorStream(true)
                .redirectOutput(folder.resolve("fio.out").toFile())
                .start();
        return new FioLoad(folder, process);
    }

    /**
     * Writes to a drive at random and verifies it, to the end.
     *
     * @param more further options, such as {@code --bs} and {@code --size}
     */
    static void verify(String uri, String... more) {
        List<String> command = new ArrayList<>(List.of(
                "fio",
                "--name=verify",
                "--ioengine=nbd",
                "--uri=" + uri,
                "--rw=randwrite",
                "--iodepth=16",
                "--verify_state_save=0",
                "--verify=crc32c"));
        command.addAll(List.of(more));
        Client.run(command.toArray(String[]::new)).ok();
    }

    boolean isRunning() {
        return process.isAlive();
    }

    /** Ends fio, fails the test on any error, and returns the report of each job. */
    List<? extends Config> stop() throws IOException, InterruptedException {
        String out = Files.readString(folder.resolve("fio.out"));
        assertTrue(process.isAlive(), () -> "fio has ended before: " + out);
        Client.run("kill", "-INT", Long.toString(process.pid())).ok();
        assertTrue(process.waitFor(SECONDS, TimeUnit.SECONDS), "fio does not end");
        assertEquals(STOPPED, process.exitValue(), () -> "fio: " + out);
        String result = Files.readString(folder.resolve("result.json"));
        List<? extends Config> jobs =
                ConfigFactory.parseString(result.substring(result.indexOf('{'))).getConfigList("jobs");
        jobs.forEach(job -> assertEquals(0, job.getInt("error"), job.getString("jobname")));
        return jobs;
    }

    @Override
    public void close() {
        process.destroyForcibly();
        process.onExit().join();
    }
}
