package dev.weir.bench;

import dev.weir.bench.report.Run;
import dev.weir.bench.report.Samples;
import dev.weir.bench.report.Table;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.jar.Attributes;
import java.util.jar.JarOutputStream;
import java.util.jar.Manifest;
import java.util.stream.Stream;

/**
 * Start time of Weir with one memory drive until {@code ready}, beside a bare Felix with the same third-party bundles
 * and an empty bundle in place of each bundle of Weir.
 */
final class StartTime {
    private static final int STARTS_PER_ROUND = 3;

    private final Run run;

    StartTime(Run run) {
        this.run = run;
    }

    void measure() throws IOException, InterruptedException {
        Path bundles = Files.createDirectory(run.folder().resolve("bundles"));
        int count = copyBundles(bundles);
        Samples weir = new Samples();
        Samples felix = new Samples();
        for (int round = 1; round <= run.rounds(); round++) {
            for (int i = 0; i < STARTS_PER_ROUND; i++) {
                run.progress(round, "start");
                weir.add(seconds(weirCommand()));
                felix.add(seconds(felixCommand(bundles)));
            }
        }
        Table table = new Table("bundles", "Weir, s", "bare Felix, s", "ratio");
        table.row(count, weir.summary("%.2f"), felix.summary("%.2f"), weir.ratioTo(felix));
        run.goals().atMost("start ÷ bare Felix", 1.5, weir.medianRatioTo(felix));
        run.section("Start", "%d starts of each, in turn.".formatted(run.rounds() * STARTS_PER_ROUND), table);
    }

    private List<String> weirCommand() throws IOException {
        Path home = Files.createTempDirectory(run.folder(), "start");
        return List.of(
                run.weir().resolve("bin/weir").toString(),
                "--home",
                home.toString(),
                "-drive",
                "id=vm1,memory=64M",
                "--no-shell");
    }

    private List<String> felixCommand(Path bundles) throws IOException {
        Path cache = Files.createTempDirectory(run.folder(), "felix");
        return List.of(
                Path.of(System.getProperty("java.home"), "bin/java").toString(),
                "-cp",
                System.getProperty("java.class.path"),
                BareFelix.class.getName(),
                bundles.toString(),
                run.weir().resolve("conf/config.properties").toString(),
                cache.toString());
    }

    /** Returns the time until the process is ready (s). */
    private static double seconds(List<String> command) throws IOException, InterruptedException {
        long begin = System.currentTimeMillis();
        Process process = new ProcessBuilder(command)
                .redirectError(ProcessBuilder.Redirect.INHERIT)
                .start();
        try (var lines = process.inputReader()) {
            String line;
            do {
                line = lines.readLine();
                if (line == null) {
                    throw new IOException(command.get(0) + " ended before it was ready");
                }
            } while (!line.equals("ready"));
            double seconds = (System.currentTimeMillis() - begin) / 1e3;
            process.destroy();
            process.waitFor();
            return seconds;
        }
    }

    private int copyBundles(Path into) throws IOException {
        List<Path> jars;
        try (Stream<Path> files = Files.walk(run.weir().resolve("bundles"))) {
            jars = files.filter(file -> file.toString().endsWith(".jar")).toList();
        }
        for (Path jar : jars) {
            String name = jar.getFileName().toString();
            if (name.startsWith("weir-")) {
                writeEmptyBundle(into.resolve(name), name);
            } else {
                Files.copy(jar, into.resolve(name));
            }
        }
        return jars.size();
    }

    private static void writeEmptyBundle(Path jar, String name) throws IOException {
        Manifest manifest = new Manifest();
        Attributes main = manifest.getMainAttributes();
        main.put(Attributes.Name.MANIFEST_VERSION, "1.0");
        main.putValue("Bundle-ManifestVersion", "2");
        main.putValue("Bundle-SymbolicName", name.substring(0, name.length() - ".jar".length()));
        try (OutputStream file = Files.newOutputStream(jar);
                JarOutputStream out = new JarOutputStream(file, manifest)) {
            out.finish();
        }
    }
}
