package dev.weir.launcher;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.FileTime;
import java.nio.file.attribute.PosixFilePermissions;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The script {@code ./weir} of the sources with a build that makes an empty program. */
class SourcesScriptTest {
    private static final String BUILD =
            """
            #!/bin/sh
            mkdir -p dist/target/weir/bin
            printf '#!/bin/sh\\necho built\\n' > dist/target/weir/bin/weir
            chmod +x dist/target/weir/bin/weir
            """;

    private final Path sources;

    SourcesScriptTest(@TempDir Path folder) throws IOException {
        sources = folder.toRealPath();
    }

    private record Result(int status, String text) {}

    @BeforeEach
    void copy() throws IOException {
        Path bin = Files.createDirectories(sources.resolve("dist/src/main/dist/bin"));
        Files.copy(Path.of("src/main/dist/bin/find-java"), bin.resolve("find-java"));
        Files.writeString(sources.resolve("pom.xml"), "");
        program("weir", Files.readString(Path.of("../weir")));
        program("mvnw", BUILD);
    }

    private void program(String name, String text) throws IOException {
        Path file = Files.writeString(sources.resolve(name), text);
        Files.setPosixFilePermissions(file, PosixFilePermissions.fromString("rwxr-xr-x"));
    }

    private Result weir() throws IOException, InterruptedException {
        Process process = new ProcessBuilder("./weir", "--version")
                .directory(sources.toFile())
                .redirectErrorStream(true)
                .start();
        String text = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
        return new Result(process.waitFor(), text);
    }

    @Test
    void freshCloneBuildsItself() throws Exception {
        Result first = weir();
        assertTrue(first.text.endsWith("\nbuilt\n"), first.text);
        assertEquals(new Result(0, "built\n"), weir());
    }

    @Test
    void newerSourceIsBuiltUnlessTheBuildRuns() throws Exception {
        weir();
        Path stamp = sources.resolve("dist/target/weir/built");
        Files.setLastModifiedTime(stamp, FileTime.fromMillis(0));
        Process running = new ProcessBuilder(
                        "sh", "-c", "read line; exit", "sh", "-Dweir.folder=" + sources.resolve("dist/target/weir"))
                .start();
        try {
            Result refused = weir();
            assertEquals(1, refused.status);
            assertTrue(refused.text.contains("process " + running.pid() + " runs from the build"), refused.text);
        } finally {
            running.destroy();
            running.waitFor();
        }
        assertTrue(weir().text.startsWith("weir: building"));
    }
}
