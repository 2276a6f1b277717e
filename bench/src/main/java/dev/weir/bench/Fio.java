package dev.weir.bench;

import com.google.gson.JsonObject;
import com.google.gson.JsonParser;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;

/**
 * One workload of fio's NBD engine.
 *
 * @param name for people
 * @param rw as fio has it
 * @param blockBytes of each request
 * @param depth requests outstanding, per connection
 */
record Fio(String name, String rw, int blockBytes, int depth, int connections) {

    /** What fio did: so many requests in so many seconds. */
    record Result(long requests, double seconds) {
        double perSecond() {
            return requests / seconds;
        }
    }

    /**
     * Runs it.
     *
     * @param uri the drive
     * @param driveBytes how much of the drive is used
     * @param seconds how long; 0 to go over all of the drive once
     * @param more further arguments
     */
    Result run(String uri, long driveBytes, double seconds, String... more) throws IOException, InterruptedException {
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
