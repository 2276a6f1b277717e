package dev.weir.it;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.typesafe.config.Config;
import com.typesafe.config.ConfigFactory;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.concurrent.TimeUnit;

/** A fio that runs while a test changes what it uses, until the test has seen enough; it verifies what it has written. */
final class FioLoad implements AutoCloseable {
    private static final long SECONDS = 60;

    /** How a fio says that it was told to stop, and that nothing else was wrong. */
    private static final int STOPPED = 128;

    /** A job that reads and writes at random, and verifies; its parameters are its name and the URI. */
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
     * @param folder for its files
     * @param jobs what each job does, as in a job file
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

    boolean isRunning() {
        return process.isAlive();
    }

    /** Ends it, fails the test if anything went wrong with it, and returns what it says of each job. */
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
