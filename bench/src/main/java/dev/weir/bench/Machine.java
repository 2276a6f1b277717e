package dev.weir.bench;

import dev.weir.testkit.host.Program;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;

/** Description of the machine that ran the measurements. */
final class Machine {
    private Machine() {}

    static String describe() throws IOException, InterruptedException {
        String processor = Files.readAllLines(Path.of("/proc/cpuinfo")).stream()
                .filter(line -> line.startsWith("model name"))
                .findFirst()
                .map(line -> line.substring(line.indexOf(':') + 2))
                .orElse(System.getProperty("os.arch"));
        List<String> lines = new ArrayList<>();
        lines.add("- %d × %s, Linux %s, load %s when it began"
                .formatted(
                        Runtime.getRuntime().availableProcessors(),
                        processor,
                        System.getProperty("os.version"),
                        Files.readString(Path.of("/proc/loadavg")).split(" ", -1)[0]));
        lines.add("- JDK " + System.getProperty("java.runtime.version"));
        for (String program : List.of("fio", "nbdkit", "qemu-nbd")) {
            lines.add("- "
                    + (Program.isThere(program) ? Program.firstLine(program, "--version") : program + " is missing"));
        }
        return String.join("\n", lines);
    }
}
