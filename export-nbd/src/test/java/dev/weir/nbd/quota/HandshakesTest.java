package dev.weir.nbd.quota;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertTrue;

import org.junit.jupiter.api.Test;

class HandshakesTest {
    private static final long HEAP = 64L << 20;

    private final Handshakes handshakes = new Handshakes(HEAP);

    @Test
    void oldestGivesWay() {
        for (int i = 0; i < handshakes.most(); i++) {
            assertNull(handshakes.begin(i));
        }
        assertEquals(0, handshakes.begin("one more"));
        handshakes.end(1);
        assertNull(handshakes.begin("another"));
        assertEquals(2, handshakes.begin("too many"));
    }

    @Test
    void theirHeapIsBounded() {
        assertTrue((long) handshakes.most() * Handshakes.BYTES <= HEAP / 8);
        assertEquals(16, new Handshakes(1).most());
    }
}
