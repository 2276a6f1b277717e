package dev.weir.bench.server;

import com.google.gson.JsonObject;
import com.google.gson.JsonParser;
import dev.weir.testkit.host.Program;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;

/**
 * A workload of fio's NBD engine.
 *
 * @param name display name
 * @param rw fio's {@code rw}
 * @param blockBytes size of a request (bytes)
 * @param depth queue depth of a connection
 * @param connections number of connections
 */
public record Fio(String name, String rw, int blockBytes, int depth, int connections) {

    /**
     * The outcome of a run.
     *
     * @param requests completed requests
     * @param seconds elapsed time
     */
    public record Result(long requests, double seconds) {
        public double perSecond() {
            return requests / seconds;
        }
    }

    /**
     * Runs fio.
     *
     * @param uri the URI of the drive
     * @param driveBytes size of the range in use (bytes)
     * @param seconds duration; 0 runs over the whole range once
     * @param more further arguments
     */
    public Result run(String uri, long driveBytes, double seconds, String... more)
            throws IOException, InterruptedException {
        List<String> command = new ArrayList<>(List.of(
                "fio",
                "--name=bench",
                "--thread",
                "--ioengine=nbd",
                "--uri=" + uri,
                "--rw=" + rw,
                "--bs=" + blockBytes));
        command.addAll(List.of("--iodepth=" + depth, "--numjobs=" + connections, "--size=" + driveBytes));
        command.addAll(List.of("--group_reporting", "--norandommap", "--randrepeat=0", "--output-format=json"));
        if (seconds > 0) {
            command.addAll(List.of("--time_based", "--runtime=" + Math.round(seconds * 1000) + "ms"));
        }
        command.addAll(List.of(more));
        String printed = Program.output(command);
        JsonObject job = JsonParser.parseString(printed.substring(printed.indexOf("{\n")))
                .getAsJsonObject()
                .getAsJsonArray("jobs")
                .get(0)
                .getAsJsonObject();
        JsonObject did = job.getAsJsonObject(rw.endsWith("read") ? "read" : "write");
        return new Result(
                did.get("io_bytes").getAsLong() / blockBytes, did.get("runtime").getAsLong() / 1e3);
    }
}
