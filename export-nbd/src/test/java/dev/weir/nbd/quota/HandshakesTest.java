package dev.weir.nbd.quota;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNotNull;
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

    @Test
    void heapOfEstablishedConnectionsIsBounded() {
        assertEquals(78, Handshakes.mostEstablished(HEAP));
        assertEquals(16, Handshakes.mostEstablished(1));
    }

    /** Connections without TLS take none of the heap's part, and no drive takes that of another. */
    @Test
    void connectionsWithTlsHaveShares() {
        ServerState state = new ServerState(8);
        state.drives(2);
        DriveAccount greedy = state.use("greedy", true);
        assertNotNull(greedy);
        int taken = 1;
        while (state.use("greedy", true) != null) {
            taken++;
        }
        assertTrue(taken >= 2 && taken <= 6, taken + " of 8");
        assertNotNull(state.use("other", true));
        assertNotNull(state.use("other", true));
        assertNotNull(state.use("greedy", false));
        assertTrue(state.refusal("greedy", true).contains("8 with TLS"), state.refusal("greedy", true));
        state.unuse(greedy, true);
        assertNotNull(state.use("greedy", true));
    }
}
