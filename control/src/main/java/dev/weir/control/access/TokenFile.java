package dev.weir.control.access;

import static java.nio.charset.StandardCharsets.UTF_8;

import dev.weir.access.AccessToken;
import dev.weir.file.FileReplacement;
import dev.weir.file.FileStamp;
import dev.weir.file.TrustedFile;
import dev.weir.log.FailureText;
import java.io.IOException;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.util.Map;
import java.util.TreeMap;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/**
 * The file of tokens. Each has a line {@code NAME admin|read-only CREATED SHA-256} with CREATED in ms since 1970. The
 * file holds no secret. Confined to one thread at a time.
 */
final class TokenFile {
    private static final String READ_ONLY = "read-only";
    private static final Pattern LINE =
            Pattern.compile("([A-Za-z0-9._-]{1,64}) (admin|" + READ_ONLY + ") (\\d{1,18}) ([0-9a-f]{64})");
    private static final String HEADER = "# Tokens of Weir's HTTP API; \"weir token\" changes them.\n";

    /** The maximum size of the file (bytes). A token takes about 110 bytes. */
    private static final int MOST_BYTES = 1 << 20;

    private final Path path;

    TokenFile(Path path) {
        this.path = path;
    }

    /**
     * Returns the tokens by the hash of their secret.
     *
     * @throws IOException if the file is unreadable, damaged or can be changed by other users
     */
    Map<String, AccessToken> read() throws IOException {
        Map<String, AccessToken> tokens = new TreeMap<>();
        String text;
        try {
            text = new String(TrustedFile.read(path, MOST_BYTES), UTF_8);
        } catch (NoSuchFileException e) {
            return tokens;
        } catch (IOException e) {
            String reason = FailureText.of(e);
            throw new IOException(reason.startsWith(path.toString()) ? reason : path + ": " + reason, e);
        }
        int number = 0;
        for (String line : text.split("\n", -1)) {
            number++;
            if (line.isBlank() || line.startsWith("#")) {
                continue;
            }
            Matcher token = LINE.matcher(line.strip());
            if (!token.matches()) {
                throw new IOException(path + ":" + number + ": must be NAME admin|read-only CREATED SHA-256");
            }
            tokens.put(
                    token.group(4),
                    new AccessToken(token.group(1), token.group(2).equals(READ_ONLY), Long.parseLong(token.group(3))));
        }
        return tokens;
    }

    /** Replaces the file. A reader sees the old or the new one. */
    void write(Map<String, AccessToken> tokens) throws IOException {
        StringBuilder text = new StringBuilder(HEADER);
        tokens.forEach((hash, token) -> text.append(token.name())
                .append(token.readOnly() ? " " + READ_ONLY + " " : " admin ")
                .append(token.createdMillis())
                .append(' ')
                .append(hash)
                .append('\n'));
        Path fresh = path.resolveSibling(path.getFileName() + ".new");
        // durably: a revoked token is not back after a power failure
        FileReplacement.replaceDurably(path, fresh, text.toString().getBytes(UTF_8));
    }

    /** Returns the state of the file, which differs after a change; null if it is missing. */
    @Nullable
    FileStamp stamp() {
        try {
            return FileStamp.of(path);
        } catch (IOException e) {
            return null;
        }
    }
}
