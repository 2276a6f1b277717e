package dev.weir.launcher;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNotNull;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import picocli.CommandLine;
import picocli.CommandLine.ParseResult;

/** The hand-written parser agrees with picocli. */
class FastArgumentsTest {
    private static final int LINES = 2_000;
    private static final int MOST_OPTIONS = 5;

    /** One option in this many is odd. */
    private static final int ODD = 8;

    private static void assertAsPicocli(String... line) {
        FastArguments plain = FastArguments.of(line);
        if (plain == null) {
            return;
        }
        WeirCommand weir = new WeirCommand();
        ParseResult parsed = new CommandLine(weir).setStopAtPositional(true).parseArgs(line);
        ParseResult last = parsed.hasSubcommand() ? parsed.subcommand() : parsed;
        String said = String.join(" ", line);
        assertEquals(last.matchedOptionValue("--config", (Path) null), plain.options().config, said);
        assertEquals(last.matchedOptionValue("-drive", List.of()), plain.options().drives, said);
        assertEquals(last.matchedOptionValue("--listen", List.of()), plain.options().listen, said);
        assertEquals(last.matchedOptionValue("--no-shell", false), plain.options().noShell, said);
        Path home = parsed.matchedOptionValue("--home", (Path) null);
        assertEquals(last.matchedOptionValue("--home", home), plain.home(), said);
    }

    @Test
    void agreesWithPicocli(@TempDir Path folder) throws Exception {
        String file = Files.createFile(folder.resolve("weir.conf")).toString();
        List<String> usual =
                List.of("--home /h", "--config " + file, "-drive id=a", "--listen tcp:127.0.0.1:0", "--no-shell");
        List<String> odd =
                List.of("--", "-h", "--home=a", "@" + file, "x", "-x", "-", "-drive", "-drive @" + file, "-drive -");
        Random random = new Random(1);
        int plain = 0;
        for (int i = 0; i < LINES; i++) {
            List<String> line = new ArrayList<>(random.nextBoolean() ? List.of() : List.of("run"));
            for (int options = random.nextInt(MOST_OPTIONS + 1); options > 0; options--) {
                List<String> some = random.nextInt(ODD) == 0 ? odd : usual;
                line.addAll(List.of(some.get(random.nextInt(some.size())).split(" ")));
            }
            String[] words = line.toArray(new String[0]);
            assertAsPicocli(words);
            plain += FastArguments.of(words) == null ? 0 : 1;
        }
        assertTrue(plain > LINES / 4, "plain lines: " + plain);
    }

    @Test
    void commonRunsAreParsed(@TempDir Path folder) throws Exception {
        String file = Files.createFile(folder.resolve("weir.conf")).toString();
        for (List<String> line : List.of(
                List.<String>of(),
                List.of("run"),
                List.of("--home", "/h", "run", "--config", file, "--no-shell"),
                List.of(
                        "-drive",
                        "id=a,memory=1M",
                        "-drive",
                        "id=b,memory=1M",
                        "--listen",
                        "unix:/a",
                        "--home",
                        "/h"))) {
            String[] words = line.toArray(new String[0]);
            assertNotNull(FastArguments.of(words), () -> String.join(" ", words));
            assertAsPicocli(words);
        }
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "--help",
                "--drive a",
                "-drive",
                "-drive --no-shell",
                "run run",
                "--no-shell run",
                "-drive=a",
                "--config /nowhere/weir.conf"
            })
    void restIsPicoclis(String line) {
        assertNull(FastArguments.of(line.split(" ")));
    }
}
