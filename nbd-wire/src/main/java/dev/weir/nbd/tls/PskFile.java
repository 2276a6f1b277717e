package dev.weir.nbd.tls;

import static java.nio.charset.StandardCharsets.ISO_8859_1;

import java.nio.ByteBuffer;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.HexFormat;
import java.util.List;
import java.util.Map;

/** Reads a file of pre-shared keys in the format of GnuTLS's psktool: one line {@code user:hexkey} per key. */
final class PskFile {
    private PskFile() {}

    /**
     * Returns the keys by user.
     *
     * @throws TlsFileException if the file holds no key or a malformed line
     */
    static Map<ByteBuffer, byte[]> read(Path file) throws TlsFileException {
        Map<ByteBuffer, byte[]> keys = new HashMap<>();
        List<String> lines =
                new String(SmallFile.read(file), ISO_8859_1).lines().toList(); // user names may be any bytes
        for (int i = 0; i < lines.size(); i++) {
            if (!lines.get(i).isBlank() && !add(lines.get(i).strip(), keys)) {
                throw new TlsFileException(file, "line " + (i + 1) + " must be user:hexkey, each user once", null);
            }
        }
        if (keys.isEmpty()) {
            throw new TlsFileException(file, "must hold a line user:hexkey", null);
        }
        return keys;
    }

    /**
     * Adds the key of a line. Returns false if the line is malformed. A user after {@code #} is hexadecimal: GnuTLS
     * writes names with a colon like that.
     */
    private static boolean add(String line, Map<ByteBuffer, byte[]> keys) {
        int colon = line.indexOf(':');
        if (colon <= 0 || colon == line.length() - 1) {
            return false;
        }
        String user = line.substring(0, colon);
        try {
            byte[] name = user.startsWith("#") ? HexFormat.of().parseHex(user.substring(1)) : user.getBytes(ISO_8859_1);
            byte[] key = HexFormat.of().parseHex(line.substring(colon + 1));
            return keys.putIfAbsent(ByteBuffer.wrap(name), key) == null;
        } catch (IllegalArgumentException e) {
            return false; // the line must not be shown because it may contain a key
        }
    }
}
