package dev.weir.it;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.fail;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import com.typesafe.config.Config;
import com.typesafe.config.ConfigFactory;
import java.io.File;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.TimeUnit;

/** Runs a program to its end, with a timeout of one minute by default. */
final class Client {
    /** The reason for skipping a test under {@code ./test --again}. */
    static final String ONCE = "has been checked on another JDK";

    /** The tag of measuring tests, which run alone. */
    static final String ALONE = "alone";

    private static final long SECONDS = 60;

    /**
     * The outcome of a program.
     *
     * @param status exit status
     * @param out standard output
     * @param err standard error
     */
    record Result(int status, String out, String err) {
        /** Returns the objects of the JSON list on standard output. */
        List<? extends Config> json() {
            return ConfigFactory.parseString("list = " + ok().out).getConfigList("list");
        }

        /** Returns the JSON object on standard output. */
        Config object() {
            return ConfigFactory.parseString(ok().out);
        }

        /** Fails the test if the program failed. */
        Result ok() {
            assertEquals(0, status, () -> out + err);
            return this;
        }
    }

    private Client() {}

    /** Skips the test, with their names, if programs are missing. */
    static void need(String... programs) {
        for (String program : programs) {
            assumeTrue(find(program).isPresent(), "needs " + program);
        }
    }

    /** Returns the path of a program, if it is installed. */
    static Optional<Path> find(String program) {
        return Arrays.stream(System.getenv("PATH").split(File.pathSeparator))
                .map(folder -> Path.of(folder, program))
                .filter(Files::isExecutable)
                .findFirst();
    }

    /** Returns nbdsh with a script to run. */
    static ProcessBuilder nbdsh(String script) {
        ProcessBuilder builder = new ProcessBuilder("nbdsh", "-c", script);
        builder.environment().put("PATH", "/usr/bin:/bin"); // where the Python is that has the module
        return builder;
    }

    /** Returns whether fio with NBD support is installed. */
    static boolean hasFio() {
        return find("fio").isPresent() && run("fio", "--enghelp=nbd").status() == 0;
    }

    /** Skips the test without a fio that supports NBD. */
    static void needFio() {
        assumeTrue(hasFio(), "needs fio with the nbd engine");
    }

    /** Runs a program with empty standard input. */
    static Result run(String... command) {
        return run(new ProcessBuilder(command), "");
    }

    /** Runs a program with this standard input. */
    static Result run(ProcessBuilder builder, String input) {
        return run(builder, input, SECONDS);
    }

    /** Runs a program with its own timeout. */
    static Result run(ProcessBuilder builder, String input, long seconds) {
        List<Path> files = new ArrayList<>();
        try {
            for (String name : List.of("in", "out", "err")) {
                files.add(Files.createTempFile("client", name));
            }
            Files.writeString(files.get(0), input);
            Process process = builder.redirectInput(files.get(0).toFile())
                    .redirectOutput(files.get(1).toFile())
                    .redirectError(files.get(2).toFile())
                    .start();
            boolean ended = process.waitFor(seconds, TimeUnit.SECONDS);
            String out = Files.readString(files.get(1));
            String err = Files.readString(files.get(2));
            if (!ended) {
                process.destroyForcibly();
                fail("%s: no end after %d s%n%s%s".formatted(builder.command(), seconds, out, err));
            }
            return new Result(process.exitValue(), out, err);
        } catch (IOException | InterruptedException e) {
            throw new AssertionError(builder.command().toString(), e);
        } finally {
            files.forEach(file -> file.toFile().delete());
        }
    }
}
