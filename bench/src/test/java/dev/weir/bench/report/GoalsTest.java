package dev.weir.bench.report;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class GoalsTest {
    private final Goals goals = new Goals();
    private final Path folder;

    GoalsTest(@TempDir Path folder) {
        this.folder = folder;
    }

    private String printed() throws IOException {
        Path output = folder.resolve("bench.md");
        goals.print(new Run(1, 1, folder, folder, null, output, "", goals));
        return Files.exists(output) ? Files.readString(output) : "";
    }

    @Test
    void eachGoalSaysWhetherItIsReached() throws IOException {
        goals.atLeast("fast", 1.2, 1.2);
        goals.atLeast("slow", 1.2, 1.19);
        goals.atMost("small", 2048, 2048);
        goals.atMost("large", 1.5, 1.51);
        assertEquals(
                """

                ## Goals

                2 of 4 goals are reached on this machine.

                | goal | bound | measured |  |
                | --- | --- | --- | --- |
                | fast | ≥ 1.20 | 1.20 | reached |
                | slow | ≥ 1.20 | 1.19 | **missed** |
                | small | ≤ 2,048 | 2,048 | reached |
                | large | ≤ 1.50 | 1.51 | **missed** |
                """,
                printed());
    }

    @Test
    void unmeasuredFiguresAreNoGoals() throws IOException {
        goals.atMost("nothing", 1, new Samples().medianRatioTo(new Samples()));
        assertEquals("", printed());
        goals.atMost("something", 1, 1);
        assertFalse(printed().contains("nothing"));
    }
}
