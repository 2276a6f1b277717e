package dev.weir.launcher;

import static org.junit.jupiter.api.Assertions.assertEquals;

import java.nio.file.Path;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.List;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;

/** Places of {@code --home} in a command for a running Weir. */
class RemoteCommandTest {
    private static void assertHome(@Nullable String home, String left, String... words) {
        Deque<String> rest = new ArrayDeque<>(List.of(words));
        Path found = RemoteCommand.takeLastHome(rest, null);
        assertEquals(home == null ? null : Path.of(home), found);
        assertEquals(left, String.join(" ", rest));
    }

    @Test
    void homeIsParsedAtTheEndOnly() {
        assertHome("/h", "queue vm1", "queue", "vm1", "--home", "/h");
        assertHome("/h", "queue vm1", "queue", "vm1", "--home=/h");
        assertHome(null, "queue --home vm1 /h", "queue", "--home", "vm1", "/h");
        assertHome(null, "drives", "drives");
        assertHome(null, "", new String[0]);
    }
}
