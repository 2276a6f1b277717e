package dev.weir.control.access;

import static java.nio.charset.StandardCharsets.UTF_8;
import static java.nio.file.StandardCopyOption.ATOMIC_MOVE;

import dev.weir.access.AccessToken;
import dev.weir.file.TrustedFile;
import dev.weir.log.FailureText;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.nio.file.attribute.BasicFileAttributes;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.EnumSet;
import java.util.Map;
import java.util.Objects;
import java.util.TreeMap;
import java.util.concurrent.TimeUnit;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

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
            text = new String(TrustedFile.read(path, MOST_BYTES), StandardCharsets.UTF_8);
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
        Files.deleteIfExists(fresh);
        try (FileChannel out = FileChannel.open(
                fresh,
                EnumSet.of(StandardOpenOption.CREATE_NEW, StandardOpenOption.WRITE),
                PosixFilePermissions.asFileAttribute(PosixFilePermissions.fromString("rw-------")))) {
            ByteBuffer bytes = UTF_8.encode(text.toString());
            while (bytes.hasRemaining()) {
                out.write(bytes);
            }
            out.force(true);
        }
        Files.move(fresh, path, ATOMIC_MOVE);
        // a revoked token is not back after a power failure
        try (FileChannel names = FileChannel.open(folder(), StandardOpenOption.READ)) {
            names.force(true);
        }
    }

    private Path folder() {
        return Objects.requireNonNull(path.toAbsolutePath().getParent());
    }

    /** Returns a value that differs after a change of the file. */
    String stamp() {
        try {
            BasicFileAttributes now = Files.readAttributes(path, BasicFileAttributes.class);
            return now.lastModifiedTime().to(TimeUnit.NANOSECONDS) + " " + now.size();
        } catch (IOException e) {
            return "";
        }
    }
}
