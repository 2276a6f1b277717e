package dev.weir.launcher;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.Collections;
import java.util.List;
import org.junit.jupiter.api.Test;

class AttachLinesTest {

    @Test
    void uriOfAUnixSocket() {
        assertEquals("nbd+unix:///vm1?socket=/run/weir/nbd.sock", AttachLines.uri("unix:/run/weir/nbd.sock", "vm1"));
    }

    @Test
    void uriKeepsNothingThatAShellOrQemuWouldTakeForItsOwn() {
        assertEquals(
                "nbd+unix:///a%27b?socket=/my%20home%2C/50%25/nbd%26.sock",
                AttachLines.uri("unix:/my home,/50%/nbd&.sock", "a'b"));
    }

    @Test
    void uriOfATcpAddress() {
        assertEquals("nbd://[::1]:10809/vm1", AttachLines.uri("tcp:[::1]:10809", "vm1"));
    }

    @Test
    void showsWhereDrivesAreAndCountsThoseThatAreTooMany() {
        String few = AttachLines.of(List.of("unix:/s", "tcp:127.0.0.1:10809"), List.of("a", "b"));
        assertTrue(few.contains("unix:/s and tcp:127.0.0.1:10809"), few);
        assertTrue(few.contains("  nbd+unix:///b?socket=/s\n"), few);
        assertTrue(few.contains("qemu-img info 'nbd+unix:///a?socket=/s'\n"), few);
        String many = AttachLines.of(List.of("unix:/s"), Collections.nCopies(10, "x"));
        assertTrue(many.contains("and 2 more"), many);
    }

    @Test
    void showsNoLinesWithoutADrive() {
        String none = AttachLines.of(List.of("unix:/s"), List.of());
        assertTrue(none.contains("unix:/s"), none);
        assertFalse(none.contains("qemu"), none);
    }
}
