package dev.weir.launcher;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

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
    void showsLinesForAFewDrivesAndCountsTheRest() {
        String few = AttachLines.of(List.of("unix:/s", "tcp:127.0.0.1:10809"), List.of("a", "b"));
        assertTrue(few.contains("unix:/s and tcp:127.0.0.1:10809"), few);
        assertTrue(few.contains("nbdcopy 'nbd+unix:///b?socket=/s'"), few);
        String many = AttachLines.of(List.of("unix:/s"), List.of("a", "b", "c", "d", "e", "f"));
        assertFalse(many.contains("///e?"), many);
        assertTrue(many.contains("2 more drives"), many);
    }
}
