package dev.weir.it;

import static org.junit.jupiter.api.Assertions.assertEquals;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** The options of {@code conf/jvm.options} that a version of Java gets. Java is a script that prints its arguments. */
class JvmOptionsTest {
    private static final String OPTIONS =
            """
            # a comment
            -Dall

            22-:-Dfrom-22
            17.0.10-17:-Dsome-17
            17-21:-Dto-21""";

    private final Path folder;

    JvmOptionsTest(@TempDir Path folder) {
        this.folder = folder;
    }

    @ParameterizedTest
    @CsvSource({
        "17, -Dall -Dto-21",
        "17.0.9, -Dall -Dto-21",
        "17.0.10, -Dall -Dsome-17 -Dto-21",
        "17.0.15.1, -Dall -Dsome-17 -Dto-21",
        "17.1, -Dall -Dsome-17 -Dto-21",
        "18.0.2, -Dall -Dto-21",
        "21.0.11, -Dall -Dto-21",
        "22-ea, -Dall -Dfrom-22",
        "25.0.3, -Dall -Dfrom-22",
    })
    void optionIsForItsVersionsOfJava(String version, String expected) throws IOException {
        Path java = folder.resolve("jdk/bin/java");
        executable(java, "#!/bin/sh\necho \"$@\"\n");
        Files.writeString(folder.resolve("jdk/release"), "IMPLEMENTOR=\"x\"\nJAVA_VERSION=\"" + version + "\"\n");
        Path weir = folder.resolve("weir");
        for (String script : List.of("weir", "find-java")) {
            executable(weir.resolve("bin").resolve(script), Files.readString(Path.of("src/main/dist/bin", script)));
        }
        Files.createDirectory(weir.resolve("conf"));
        Files.writeString(weir.resolve("conf/jvm.options"), OPTIONS);
        String home = java.getParent().getParent().toString();
        String printed = Client.run("env", "JAVA_HOME=" + home, "WEIR_JAVA_OPTS=-Dlast", weir + "/bin/weir", "run")
                .ok()
                .out();
        String options = printed.replaceFirst(".* (?=-Dall)", "").replaceFirst(" -Dlast .*\\R", "");
        assertEquals(expected, options, printed);
    }

    private static void executable(Path file, String content) throws IOException {
        Files.createDirectories(file.getParent());
        Files.writeString(file, content).toFile().setExecutable(true);
    }
}
