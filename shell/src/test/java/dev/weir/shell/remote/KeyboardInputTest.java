package dev.weir.shell.remote;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.nio.ByteBuffer;
import org.junit.jupiter.api.Test;

class KeyboardInputTest {
    private final KeyboardInput input = new KeyboardInput();

    private boolean type(int bytes) {
        return input.add(ByteBuffer.allocate(bytes));
    }

    @Test
    void inputThatIsReadBytewiseIsNotPending() {
        for (int i = 0; i < 3; i++) {
            assertTrue(type(KeyboardInput.MAX_PENDING / 2));
            for (int read = 0; read < KeyboardInput.MAX_PENDING / 2; read++) {
                assertEquals(0, input.read());
            }
        }
        assertTrue(type(KeyboardInput.MAX_PENDING));
        assertFalse(type(1));
    }

    @Test
    void closedInputEndsAfterItsLastByte() throws IOException {
        input.add(ByteBuffer.wrap(new byte[] {(byte) 0xff}));
        input.close();
        assertEquals(0xff, input.read());
        assertEquals(-1, input.read());
    }
}
