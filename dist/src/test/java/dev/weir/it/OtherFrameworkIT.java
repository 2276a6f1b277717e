package dev.weir.it;

import static org.junit.jupiter.api.Assertions.assertEquals;

import ch.qos.logback.classic.LoggerContext;
import ch.qos.logback.core.Context;
import java.io.File;
import java.io.IOException;
import java.net.URISyntaxException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.eclipse.osgi.launch.EquinoxFactory;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.slf4j.Logger;

/** The bundles in a framework other than Felix. The guide is docs/guides/other-frameworks.md. */
class OtherFrameworkIT {
    @TempDir
    private Path home;

    private static String place(Class<?> type) {
        try {
            return Path.of(type.getProtectionDomain()
                            .getCodeSource()
                            .getLocation()
                            .toURI())
                    .toString();
        } catch (URISyntaxException e) {
            throw new AssertionError(e);
        }
    }

    @Test
    void equinoxServesADrive() throws IOException {
        Files.createDirectory(home.resolve("run"));
        String classPath = Stream.of(
                        EquinoxFactory.class, Logger.class, LoggerContext.class, Context.class, EquinoxRun.class)
                .map(OtherFrameworkIT::place)
                .collect(Collectors.joining(File.pathSeparator));
        Client.Result ended = Client.run(
                Path.of(System.getProperty("java.home"), "bin/java").toString(),
                "-cp",
                classPath,
                EquinoxRun.class.getName(),
                System.getProperty("weir.folder"),
                home.toString());
        List<String> said = ended.ok()
                .out()
                .lines()
                .filter(line -> line.matches("serving|no drive|.*not resolve.*"))
                .toList();
        assertEquals(List.of("serving"), said, ended::err);
    }
}
