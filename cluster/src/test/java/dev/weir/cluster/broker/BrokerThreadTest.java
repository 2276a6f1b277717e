package dev.weir.cluster.broker;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;

import org.junit.jupiter.api.Test;

class BrokerThreadTest {

    /** A command may wait for a coordinator while the operator removes the cluster from the file. */
    @Test
    void questionAfterTheEndIsRefused() {
        BrokerThread thread = new BrokerThread("weir");
        assertEquals("answer", thread.ask(() -> "answer"));
        thread.stop();
        IllegalStateException refused = assertThrows(IllegalStateException.class, () -> thread.ask(() -> "answer"));
        assertEquals("cluster weir has been turned off", refused.getMessage());
    }
}
