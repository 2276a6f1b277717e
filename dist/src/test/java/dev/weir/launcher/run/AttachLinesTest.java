package dev.weir.launcher.run;

import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.Collections;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;

class AttachLinesTest {

    private static String lines(String uri, List<String> drives) {
        return AttachLines.of(new StartState(
                true,
                List.of(),
                List.of(),
                drives,
                drives,
                Map.of(),
                true,
                List.of("unix:/s", "tcp:127.0.0.1:10809"),
                List.of(uri),
                List.of(),
                List.of()));
    }

    @Test
    void longListsAreCounted() {
        String few = lines("nbd+unix:///?socket=/s", List.of("a", "b"));
        assertTrue(few.contains("unix:/s and tcp:127.0.0.1:10809"), few);
        assertTrue(few.contains("  nbd+unix:///b?socket=/s\n"), few);
        assertTrue(few.contains("qemu-img info 'nbd+unix:///a?socket=/s'\n"), few);
        String many = lines("nbd://[::1]:10809/", Collections.nCopies(10, "x"));
        assertTrue(many.contains("  nbd://[::1]:10809/x\n  and 2 more\n"), many);
    }

    @Test
    void showsTlsOptions() {
        String tcp = lines("nbds://127.0.0.1:10809/", List.of("a"));
        assertTrue(tcp.contains("nbdinfo 'nbds://127.0.0.1:10809/a?tls-certificates=DIR'\n"), tcp);
        assertFalse(tcp.contains("qemu"), tcp);
        String unix = lines("nbds+unix:///?socket=/s", List.of("a"));
        assertTrue(unix.contains("nbdinfo 'nbds+unix:///a?socket=/s&tls-certificates=DIR'\n"), unix);
    }

    @Test
    void noDriveNoLines() {
        String none = lines("nbd+unix:///?socket=/s", List.of());
        assertTrue(none.contains("unix:/s"), none);
        assertFalse(none.contains("qemu"), none);
    }
}
