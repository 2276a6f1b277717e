package dev.weir.it;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.typesafe.config.Config;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.Arrays;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Jars that are put into {@code deploy/}, replaced and removed. */
class DeployIT {
    private static final Path PACE = Path.of(System.getProperty("weir.example"));

    private static final String VERSION = System.getProperty("weir.version");

    @TempDir
    private Path folder;

    private Path deploy;

    @BeforeEach
    void createFolder() throws IOException {
        deploy = Files.createDirectories(folder.resolve("home/deploy"));
    }

    private Weir start(String drive) {
        return Weir.start(folder.resolve("home"), "-drive", drive);
    }

    private static Path shipped(String name) throws IOException {
        try (Stream<Path> jars = Files.walk(Path.of(System.getProperty("weir.folder"), "bundles"))) {
            return jars.filter(jar -> jar.getFileName().toString().startsWith(name))
                    .findFirst()
                    .orElseThrow();
        }
    }

    /** Moves a file into the folder atomically. */
    private void put(Path file, String name) throws IOException {
        Path copy = Files.copy(file, folder.resolve("next"), StandardCopyOption.REPLACE_EXISTING);
        Files.move(copy, deploy.resolve(name), StandardCopyOption.ATOMIC_MOVE);
    }

    private static String state(Weir weir) {
        Config drive = weir.ask("drives --json").ok().json().get(0);
        return drive.getString("state");
    }

    @Test
    void shippedBundleSurvivesItsCopy() throws IOException {
        try (Weir weir = start("id=vm1,memory=1M,iops=1000")) {
            for (String bundle : List.of("weir-throttle-bucket", "weir-export-nbd", "weir-shell")) {
                put(shipped(bundle), "copy.jar");
                weir.awaitLogged("deploy/copy.jar is installed: " + bundle, 0);
                Files.delete(deploy.resolve("copy.jar"));
                weir.awaitLogged("runs again as shipped", weir.log().indexOf("installed: " + bundle));
                weir.await(() -> weir.ask("drives").status() == 0 && state(weir).equals("serving"));
            }
            Client.need("nbdinfo");
            Client.run("nbdinfo", weir.uri("vm1")).ok();
        }
    }

    /** Its code would run as the user of Weir. */
    @Test
    void jarThatOthersMayWriteIsRefused() throws IOException {
        Path jar = Files.copy(PACE, folder.resolve("open"));
        Files.setPosixFilePermissions(jar, PosixFilePermissions.fromString("rw-rw-rw-"));
        try (Weir weir = start("id=vm1,memory=1M")) {
            Path deployed = Files.move(jar, deploy.resolve("open.jar"));
            weir.awaitLogged(
                    "deploy/open.jar cannot be used: it is writable by other users (mode 666), so its content cannot be"
                            + " trusted: chmod go-w " + deployed,
                    0);
            Files.setPosixFilePermissions(deployed, PosixFilePermissions.fromString("rw-r--r--"));
            weir.awaitLogged("deploy/open.jar is installed", 0);
            assertEquals(1, weir.countLogged("deploy/open.jar cannot be used"));
        }
    }

    @Test
    void unusableJarsAreNamed() throws IOException {
        Files.createFile(deploy.resolve("empty.jar"));
        byte[] pace = Files.readAllBytes(PACE);
        Files.write(deploy.resolve("cut.jar"), Arrays.copyOf(pace, pace.length / 2));
        Files.writeString(deploy.resolve("text.jar"), "not a jar");
        put(Path.of(System.getProperty("weir.folder"), "lib", "weir-launcher-" + VERSION + ".jar"), "plain.jar");
        Files.createDirectory(deploy.resolve("folder.jar"));
        new TestBundle("test-lonely", "1.0.0", TroubledBundle.class, "com.example.absent", List.of())
                .write(deploy.resolve("lonely.jar"));
        new TestBundle("test-troubled", "1.0.0", TroubledBundle.class, "", List.of())
                .write(deploy.resolve("troubled.jar"));
        TestBundle.writeComponent(deploy.resolve("component.jar"), "test-component", "1.0.0", TroubledComponent.class);
        try (Weir weir = start("id=vm1,memory=1M")) {
            for (String fault : List.of(
                    "component.jar cannot be used: it does not start: its component test-component fails: ",
                    "empty.jar cannot be used: it is empty",
                    "cut.jar cannot be used: it is cut off or damaged (",
                    "text.jar cannot be used: it is cut off or damaged (",
                    "plain.jar cannot be used: it is not an OSGi bundle (its manifest has no Bundle-SymbolicName)",
                    "folder.jar cannot be used: it is not a regular file",
                    "lonely.jar cannot be used: no bundle exports the package com.example.absent that it imports",
                    "troubled.jar cannot be used: it does not start: java.lang.IllegalStateException: no start today")) {
                weir.awaitLogged("deploy/" + fault, 0);
                assertEquals(1, weir.countLogged("deploy/" + fault), fault);
                assertTrue(weir.status().contains("\ndeploy/" + fault), weir::status);
            }
        }
    }

    @Test
    void brokenUpdateKeepsTheRunningBundle() throws IOException {
        put(PACE, "pace.jar");
        try (Weir weir = start("id=vm1,memory=1M,policy=pace,iops=1000")) {
            byte[] pace = Files.readAllBytes(PACE);
            Path cut = Files.write(folder.resolve("cut"), Arrays.copyOf(pace, pace.length - 100));
            put(cut, "pace.jar");
            weir.awaitLogged("deploy/pace.jar cannot be used: it is cut off", 0);
            assertEquals("serving", state(weir));
            new TestBundle("org.example.pace", "2.0.0", TroubledBundle.class, "com.example.absent", List.of())
                    .write(deploy.resolve("pace.jar"));
            weir.awaitLogged("that it imports; the previous version keeps running", 0);
            weir.await(() -> state(weir).equals("serving"));
            new TestBundle("org.example.pace", "2.0.0", TroubledBundle.class, "", List.of())
                    .write(deploy.resolve("pace.jar"));
            weir.awaitLogged("no start today; the previous version keeps running", 0);
            weir.await(() -> state(weir).equals("serving"));
            TestBundle.writeComponent(deploy.resolve("pace.jar"), "org.example.pace", "3.0.0", TroubledComponent.class);
            weir.awaitLogged("no activation today; the previous version keeps running", 0);
            String fault = "\ndeploy/pace.jar cannot be used: it does not start: its component org.example.pace fails:";
            assertTrue(weir.status().contains(fault), weir::status);
            weir.await(() -> state(weir).equals("serving"));
            put(PACE, "pace.jar");
            weir.awaitLogged("deploy/pace.jar is replaced: org.example.pace 1.0.0", 0);
            weir.await(() -> state(weir).equals("serving"));
        }
    }

    @Test
    void brokenCopyKeepsTheShippedBundle() throws IOException {
        String version = VERSION.replace("-SNAPSHOT", ".PRE");
        TestBundle broken = new TestBundle("weir-throttle-bucket", version, TroubledBundle.class, "", List.of());
        broken.write(deploy.resolve("bucket.jar"));
        try (Weir weir = start("id=vm1,memory=1M,iops=1000")) {
            weir.awaitLogged("deploy/bucket.jar cannot be used: it does not start", 0);
            weir.await(() -> state(weir).equals("serving"));
            long before = weir.logged();
            put(shipped("weir-throttle-bucket"), "bucket.jar");
            weir.awaitLogged("deploy/bucket.jar is installed", before);
            broken.write(deploy.resolve("bucket.jar"));
            weir.awaitLogged("no start today; the previous version keeps running", before);
            weir.await(() -> state(weir).equals("serving"));
        }
    }

    @Test
    void duplicateBundleIsNamed() throws IOException {
        put(PACE, "a.jar");
        put(PACE, "b.jar");
        try (Weir weir = start("id=vm1,memory=1M,policy=pace,iops=1000")) {
            weir.awaitLogged(
                    "deploy/b.jar cannot be used: it is the same bundle as deploy/a.jar, org.example.pace 1.0.0; remove one of them",
                    0);
            Files.delete(deploy.resolve("a.jar"));
            weir.awaitLogged("deploy/b.jar is installed: org.example.pace 1.0.0", 0);
            assertTrue(weir.status().endsWith("\ndeploy/b.jar: org.example.pace 1.0.0\n"), weir::status);
            weir.await(() -> state(weir).equals("serving"));
            Files.delete(deploy.resolve("b.jar"));
            weir.awaitLogged("deploy/b.jar is removed: org.example.pace 1.0.0 is uninstalled", 0);
            weir.await(() -> state(weir).equals("holding"));
            Files.createFile(deploy.resolve("pace.jar"));
            weir.awaitLogged("deploy/pace.jar cannot be used: it is empty", 0);
            String status = weir.status();
            assertTrue(status.contains("holding: policy pace is missing; cannot be used: deploy/pace.jar"), status);
        }
    }
}
