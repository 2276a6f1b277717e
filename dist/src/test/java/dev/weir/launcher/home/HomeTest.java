package dev.weir.launcher.home;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Choice of the home folder. */
class HomeTest {
    @AfterEach
    void forgetService() {
        System.clearProperty("weir.service-home");
    }

    @Test
    void missingUserHomeNeedsTheOption() throws StartException {
        assertEquals(Path.of("/u/.local/state/weir"), Home.users("/u", "?"));
        assertEquals(Path.of("/j/.local/state/weir"), Home.users(null, "/j"));
        assertEquals(Path.of("/j/.local/state/weir"), Home.users("", "/j"));
        StartException fault = assertThrows(StartException.class, () -> Home.users(null, "?"));
        assertTrue(fault.reasons().contains("name one with --home DIR or WEIR_HOME"), fault::reasons);
    }

    @Test
    void pathTooLongForASocketIsRefused() throws StartException {
        int most = 107 - "/run/shell.sock".length();
        Path longest = Path.of("/" + "h".repeat(most - 1));
        assertEquals(longest, Home.of(longest).folder());
        StartException fault = assertThrows(StartException.class, () -> Home.of(Path.of(longest + "h")));
        assertTrue(fault.reasons().contains("108 bytes, at most 107 are possible"), fault::reasons);
        assertThrows(StartException.class, () -> Home.of(Path.of("/" + "ü".repeat(most / 2))));
    }

    @Test
    void serviceIsTheFallback(@TempDir Path service) throws Exception {
        System.setProperty("weir.service-home", service.toString());
        boolean own = Files.exists(Home.of(null).shellSocket()) || System.getenv("WEIR_HOME") != null;
        assertEquals(
                own ? Home.of(null).folder() : service, Home.ofRunning(null).folder());
        assertEquals(Path.of("/named"), Home.ofRunning(Path.of("/named")).folder());
        System.setProperty("weir.service-home", service.resolve("missing").toString());
        assertEquals(Home.of(null), Home.ofRunning(null));
    }
}
