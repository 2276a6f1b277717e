package dev.weir.control.access;

import dev.weir.access.AccessToken;
import dev.weir.file.FileStamp;
import java.io.IOException;
import java.nio.file.Path;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.function.LongSupplier;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The API tokens, which are bearer tokens. The scope of a token is every call or only reading. {@code RequestGate} asks for
 * the token and {@code Router} checks its scope. A change of their file applies to the next request. Thread-safe.
 */
public final class Tokens {
    private static final Logger LOG = LoggerFactory.getLogger(Tokens.class);
    private static final Pattern NAME = Pattern.compile("[A-Za-z0-9._-]{1,64}");
    private static final int MOST = 1000;

    private final TokenFile file;
    private final LongSupplier millis;

    /**
     * The tokens of the file.
     *
     * @param stamp the stamp of the file before they were read; null if it was missing
     * @param byHash the tokens by the hash of their secret
     */
    private record Known(@Nullable FileStamp stamp, Map<String, AccessToken> byHash) {}

    /** The tokens as read last; null before the first reading. */
    private volatile @Nullable Known known;

    /**
     * Creates the tokens of a file. A missing file has none.
     *
     * @param millis the time (ms since 1970)
     */
    public Tokens(Path file, LongSupplier millis) {
        this.file = new TokenFile(file);
        this.millis = millis;
    }

    /** Returns the tokens by name. */
    public synchronized List<AccessToken> list() throws IOException {
        return file.read().values().stream()
                .sorted(Comparator.comparing(AccessToken::name))
                .toList();
    }

    /**
     * Adds a token and returns its secret.
     *
     * @throws IllegalArgumentException if the name is invalid or in use, or the file has its maximum of tokens
     */
    public synchronized String add(String name, boolean readOnly) throws IOException {
        if (!NAME.matcher(name).matches()) {
            throw new IllegalArgumentException(
                    "token = " + name + ": must be 1 to 64 letters, digits, \".\", \"_\" and \"-\"");
        }
        Map<String, AccessToken> all = file.read();
        if (all.values().stream().anyMatch(token -> token.name().equals(name))) {
            throw new IllegalArgumentException("token = " + name + ": exists; revoke it first");
        }
        if (all.size() >= MOST) {
            throw new IllegalArgumentException("token = " + name + ": there are " + MOST + " already, the most");
        }
        String secret = Secrets.random();
        all.put(Secrets.hash(secret), new AccessToken(name, readOnly, millis.getAsLong()));
        file.write(all);
        return secret;
    }

    /**
     * Removes a token.
     *
     * @throws IllegalArgumentException if no token has the name
     */
    public synchronized void revoke(String name) throws IOException {
        Map<String, AccessToken> all = file.read();
        if (!all.values().removeIf(token -> token.name().equals(name))) {
            List<String> names = list().stream().map(AccessToken::name).toList();
            throw new IllegalArgumentException("token = " + name + ": is unknown; "
                    + (names.isEmpty() ? "there are none" : "there are " + String.join(", ", names)));
        }
        file.write(all);
    }

    /** Returns the user of a secret; null if no token has it. A file that cannot be read permits no user. */
    public @Nullable Caller find(String secret) {
        FileStamp stamp = file.stamp();
        Known current = known;
        if (current == null || !Objects.equals(current.stamp, stamp)) {
            current = load();
        }
        // the timing of a comparison of hashes reveals no secret
        AccessToken token = current.byHash.get(Secrets.hash(secret));
        return token == null ? null : new Caller("token " + token.name(), !token.readOnly());
    }

    private synchronized Known load() {
        FileStamp stamp = file.stamp();
        Known current = known;
        if (current == null || !Objects.equals(current.stamp, stamp)) {
            current = new Known(stamp, read());
            known = current;
        }
        return current;
    }

    private Map<String, AccessToken> read() {
        try {
            return Map.copyOf(file.read());
        } catch (IOException e) {
            LOG.error("no token is valid: {}", e.getMessage());
            return Map.of();
        }
    }
}
