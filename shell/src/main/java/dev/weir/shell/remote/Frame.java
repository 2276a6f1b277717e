package dev.weir.shell.remote;

import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.LinkedHashMap;
import java.util.Map;

/**
 * One message of the shell protocol.
 *
 * @param type one of the letters below
 * @param payload the bytes from position to limit
 */
record Frame(char type, ByteBuffer payload) {
    /** The protocol version. Clients with another version are refused. */
    static final String PROTOCOL = "1";

    /** The longest payload (bytes). */
    static final int MAX_PAYLOAD = 64 << 10;

    static final char HELLO = 'H';
    static final char EXECUTE = 'X';
    static final char BUILT_IN = 'B';
    static final char SESSION = 'S';
    static final char INPUT = 'I';
    static final char WINDOW = 'W';
    static final char OUTPUT = 'o';
    static final char ERROR = 'e';
    static final char QUIT = 'q';

    static Frame of(char type, String text) {
        return new Frame(type, StandardCharsets.UTF_8.encode(text));
    }

    static Frame quit(int status) {
        return new Frame(QUIT, ByteBuffer.wrap(new byte[] {(byte) status}));
    }

    String text() {
        return StandardCharsets.UTF_8.decode(payload.duplicate()).toString();
    }

    /** Returns the {@code key=value} lines of the payload. Skips all other lines. */
    Map<String, String> properties() {
        Map<String, String> properties = new LinkedHashMap<>();
        text().lines().forEach(line -> {
            int equals = line.indexOf('=');
            if (equals > 0) {
                properties.put(line.substring(0, equals), line.substring(equals + 1));
            }
        });
        return properties;
    }
}
