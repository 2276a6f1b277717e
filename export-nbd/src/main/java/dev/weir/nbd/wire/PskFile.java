package dev.weir.nbd.wire;

import static java.nio.charset.StandardCharsets.UTF_8;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.HexFormat;
import java.util.List;
import java.util.Map;

/** Reads the file of pre-shared keys that GnuTLS's psktool writes: a line {@code user:hexkey} for each. */
final class PskFile {
    private PskFile() {}

    /** Returns the keys by user. */
    static Map<ByteBuffer, byte[]> read(Path file) throws IOException {
        Map<ByteBuffer, byte[]> keys = new HashMap<>();
        List<String> lines;
        try {
            lines = Files.readAllLines(file);
        } catch (NoSuchFileException e) {
            throw new IOException(file + ": there is no such file", e);
        }
        for (int i = 0; i < lines.size(); i++) {
            if (!lines.get(i).isBlank() && !add(lines.get(i).strip(), keys)) {
                throw new IOException(file + ":" + (i + 1) + ": must be user:hexkey, each user once");
            }
        }
        if (keys.isEmpty()) {
            throw new IOException(file + ": must hold a line user:hexkey");
        }
        return keys;
    }

    /** A user after {@code #} is in hexadecimal too: that is how GnuTLS writes one with a colon in its name. */
    private static boolean add(String line, Map<ByteBuffer, byte[]> keys) {
        int colon = line.indexOf(':');
        if (colon <= 0 || colon == line.length() - 1) {
            return false;
        }
        String user = line.substring(0, colon);
        try {
            byte[] name = user.startsWith("#") ? HexFormat.of().parseHex(user.substring(1)) : user.getBytes(UTF_8);
            byte[] key = HexFormat.of().parseHex(line.substring(colon + 1));
            return keys.putIfAbsent(ByteBuffer.wrap(name), key) == null;
        } catch (IllegalArgumentException e) {
            return false; // the line is not to be told: it may be all key
        }
    }
}
