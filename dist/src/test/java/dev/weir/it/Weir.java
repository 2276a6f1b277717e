package dev.weir.it;

import static org.junit.jupiter.api.Assertions.assertTrue;

import com.typesafe.config.Config;
import dev.weir.launcher.client.ShortExec;
import dev.weir.testkit.host.HostNetwork;
import java.io.BufferedReader;
import java.io.ByteArrayOutputStream;
import java.io.File;
import java.io.IOException;
import java.io.RandomAccessFile;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.function.BooleanSupplier;
import java.util.regex.Pattern;
import java.util.stream.Stream;

/** A Weir process with a home of the test. */
final class Weir implements AutoCloseable {
    private static final long SECONDS = 120;
    private static final Path FOLDER = Path.of(System.getProperty("weir.folder"));

    private static final Pattern PENDING = Pattern.compile("weir: waiting for .*\n");

    private final Path home;
    private final Path errors;
    private final Process process;
    private final List<String> out = new ArrayList<>(); // guarded by itself
    private final CompletableFuture<Void> ready = new CompletableFuture<>();

    private Weir(Path home, Process process, Path errors) {
        this.home = home;
        this.process = process;
        this.errors = errors;
        Thread reader = new Thread(this::read, "output of Weir");
        reader.setDaemon(true);
        reader.start();
    }

    /** Starts Weir and waits until it is ready. */
    static Weir start(Path home, String... arguments) {
        Weir weir = launch(home, arguments);
        weir.awaitReady();
        return weir;
    }

    /** Starts the Weir of another distribution and waits until it is ready. */
    static Weir startIn(Path folder, Path home, String... arguments) {
        Weir weir = launch(command(folder, home, "run", arguments), home);
        weir.awaitReady();
        return weir;
    }

    /** Starts Weir without waiting. */
    static Weir launch(Path home, String... arguments) {
        return launch(command(home, "run", arguments), home);
    }

    /** Starts a Weir that is ready soon and never fast, without waiting. */
    static Weir launchQuickly(Path home, String... arguments) {
        return launchWith("-XX:TieredStopAtLevel=1 -XX:+UseSerialGC", home, arguments);
    }

    /** Starts Weir with further JVM options, without waiting. */
    static Weir launchWith(String options, Path home, String... arguments) {
        return launchIn(Map.of("WEIR_JAVA_OPTS", options), home, arguments);
    }

    /** Starts Weir with a limit of open files, without waiting. */
    static Weir launchWithFiles(int files, Path home, String... arguments) {
        ProcessBuilder builder = command(home, "run", arguments);
        List<String> limited = new ArrayList<>(List.of("sh", "-c", "ulimit -n " + files + "; exec \"$@\"", "sh"));
        limited.addAll(builder.command());
        return launch(builder.command(limited), home);
    }

    /** Starts Weir with further environment variables, without waiting. */
    static Weir launchIn(Map<String, String> environment, Path home, String... arguments) {
        ProcessBuilder builder = command(home, "run", arguments);
        builder.environment().putAll(environment);
        return launch(builder, home);
    }

    /** Starts Weir in a control group, and does not wait. */
    static Weir launchIn(MemoryCgroup container, Path home, String... arguments) {
        ProcessBuilder builder = command(home, "run", arguments);
        container.put(builder);
        return launch(builder, home);
    }

    /** Starts Weir with further JVM options on a host of a network, without waiting. */
    static Weir launchOn(HostNetwork network, int host, String options, Path home, String... arguments) {
        ProcessBuilder builder = command(home, "run", arguments);
        builder.environment().merge("WEIR_JAVA_OPTS", options, (all, more) -> all + " " + more);
        return launch(builder.command(network.on(host, builder.command())), home);
    }

    private static Weir launch(ProcessBuilder builder, Path home) {
        try {
            Path errors = Files.createTempFile("weir", "err");
            builder.command().add("--no-shell");
            return new Weir(home, builder.redirectError(errors.toFile()).start(), errors);
        } catch (IOException e) {
            throw new AssertionError(e);
        }
    }

    /** Returns a command of the distribution, for the Java that runs the tests. */
    static ProcessBuilder command(Path home, String command, String... arguments) {
        return command(FOLDER, home, command, arguments);
    }

    private static ProcessBuilder command(Path folder, Path home, String command, String... arguments) {
        String script = folder.resolve("bin/weir").toString();
        List<String> words = new ArrayList<>(List.of(script, command, "--home", home.toString()));
        words.addAll(List.of(arguments));
        ProcessBuilder builder = new ProcessBuilder(words);
        builder.environment().put("JAVA_HOME", System.getProperty("java.home"));
        return builder;
    }

    private void read() {
        try (BufferedReader lines = process.inputReader()) {
            for (String line = lines.readLine(); line != null; line = lines.readLine()) {
                synchronized (out) {
                    out.add(line);
                }
                if (line.equals("ready")) {
                    ready.complete(null);
                }
            }
        } catch (IOException e) {
            // the test has ended the process
        }
    }

    /** Replaces the file {@code weir.conf} in a folder at once, so that no reader sees a part of it. */
    static void writeConfiguration(Path folder, String text) throws IOException {
        Path written = Files.writeString(folder.resolve("weir.conf.new"), text);
        Files.move(written, folder.resolve("weir.conf"), StandardCopyOption.ATOMIC_MOVE);
    }

    /** Applies a configuration to the Weir of this home and returns the answer of {@code reload}. */
    Config apply(String text) throws IOException {
        writeConfiguration(home, text);
        return ask("reload --json").ok().object();
    }

    /** Waits until it is ready. */
    void awaitReady() {
        try {
            CompletableFuture.anyOf(ready, process.onExit()).get(SECONDS, TimeUnit.SECONDS);
            assertTrue(ready.isDone(), () -> "ended before it was ready: " + errors());
        } catch (TimeoutException e) {
            process.destroyForcibly();
            throw new AssertionError("not ready after %d s: %s".formatted(SECONDS, errors()), e);
        } catch (ExecutionException | InterruptedException e) {
            throw new AssertionError(e);
        }
    }

    /** Returns its NBD socket. */
    Path socket() {
        return home.resolve("run/nbd.sock");
    }

    /** Returns the URI of a drive. */
    String uri(String drive) {
        return "nbd+unix:///%s?socket=%s".formatted(drive, socket());
    }

    /** Runs a shell command in it. */
    Client.Result exec(String command) {
        return Client.run(command(home, "exec", command), "");
    }

    /** Runs a shell command in it without a new process, within milliseconds. */
    Client.Result ask(String command) {
        ByteArrayOutputStream answer = new ByteArrayOutputStream();
        ByteArrayOutputStream faults = new ByteArrayOutputStream();
        try {
            int status = ShortExec.execute(home, command, answer, faults);
            return new Client.Result(
                    status, answer.toString(StandardCharsets.UTF_8), faults.toString(StandardCharsets.UTF_8));
        } catch (IOException e) {
            throw new AssertionError(command, e);
        }
    }

    /** Returns the answer to {@code weir status}, whatever its exit status. */
    String status() {
        return Client.run(command(home, "status"), "").out();
    }

    /** Returns the answer to {@code weir status --json}, whatever its exit status. */
    String statusJson() {
        return Client.run(command(home, "status", "--json"), "").out();
    }

    /** Returns its log. */
    String log() {
        try {
            return Files.readString(logFile().toPath());
        } catch (IOException e) {
            throw new AssertionError(e);
        }
    }

    /** Returns the number of occurrences of a text in its log. */
    int countLogged(String text) {
        return log().split(Pattern.quote(text), -1).length - 1;
    }

    /** Returns the length of its log in bytes. */
    long logged() {
        return logFile().length();
    }

    /** Waits until its log contains a text after the first bytes, and reads only the rest. */
    void awaitLogged(String text, long bytes) {
        await(() -> {
            try (RandomAccessFile log = new RandomAccessFile(logFile(), "r")) {
                log.seek(bytes);
                byte[] more = new byte[(int) (log.length() - bytes)];
                log.readFully(more);
                return new String(more, StandardCharsets.UTF_8).contains(text);
            } catch (IOException e) {
                throw new AssertionError(e);
            }
        });
    }

    private File logFile() {
        return home.resolve("log/weir.log").toFile();
    }

    /** Returns the id of a bundle. */
    String bundle(String symbolicName) {
        return ask("lb -s")
                .ok()
                .out()
                .lines()
                .filter(line -> line.contains("|" + symbolicName + " "))
                .map(line -> line.substring(0, line.indexOf('|')).strip())
                .findFirst()
                .orElseThrow(() -> new AssertionError("no bundle " + symbolicName));
    }

    /** Stops a bundle. */
    void stop(String bundle) {
        ask("b = ($.context getBundle %s); $b stop".formatted(bundle)).ok();
    }

    /** Starts a bundle. */
    void start(String bundle) {
        ask("b = ($.context getBundle %s); $b start".formatted(bundle)).ok();
    }

    /** Returns its process id. */
    long pid() {
        return process.pid();
    }

    /** Returns the number of open descriptors. */
    long descriptors() {
        try (Stream<Path> all = Files.list(Path.of("/proc/" + pid() + "/fd"))) {
            return all.count();
        } catch (IOException e) {
            throw new AssertionError(e);
        }
    }

    /** Sends SIGKILL. */
    void kill() {
        process.destroyForcibly();
    }

    /** Sends SIGTERM, waits and returns the exit status. */
    int stop() {
        process.destroy();
        return awaitEnd();
    }

    /** Waits for its end and returns the exit status. */
    int awaitEnd() {
        try {
            assertTrue(process.waitFor(SECONDS, TimeUnit.SECONDS), () -> "still runs: " + errors());
            return process.exitValue();
        } catch (InterruptedException e) {
            throw new AssertionError(e);
        }
    }

    /** Waits for a text on standard error. */
    void awaitErrors(String text) {
        for (int i = 0; !errors().contains(text); i++) {
            assertTrue(
                    i < SECONDS * 10 && process.isAlive(), () -> "does not say \"%s\": %s".formatted(text, errors()));
            pause(100);
        }
    }

    /** Waits for a condition. */
    void await(BooleanSupplier condition) {
        Instant deadline = Instant.now().plusSeconds(SECONDS);
        while (!condition.getAsBoolean()) {
            assertTrue(Instant.now().isBefore(deadline), () -> ask("drives").out() + log());
            pause(20);
        }
    }

    static void pause(long millis) {
        try {
            Thread.sleep(millis);
        } catch (InterruptedException e) {
            throw new AssertionError(e);
        }
    }

    /** Returns its standard output so far. */
    List<String> output() {
        synchronized (out) {
            return List.copyOf(out);
        }
    }

    /** Returns its standard error so far. */
    String errors() {
        try {
            return Files.readString(errors);
        } catch (IOException e) {
            throw new AssertionError(e);
        }
    }

    /** Returns its standard error so far without the pending steps that a start reports on a busy machine. */
    String faults() {
        return PENDING.matcher(errors()).replaceAll("");
    }

    @Override
    public void close() {
        process.destroyForcibly();
        process.onExit().join();
        errors.toFile().delete();
    }
}
