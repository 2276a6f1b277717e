package dev.weir.access;

import dev.weir.event.EventLog;
import java.io.IOException;
import java.util.List;
import org.jspecify.annotations.Nullable;
import org.osgi.annotation.versioning.ProviderType;

/**
 * Tokens of the HTTP API and links to the console. Published as a service while the API is configured.
 *
 * <p>Thread-safe.
 */
@ProviderType
public interface ControlAccess {

    /**
     * {@return the tokens by name}
     *
     * @throws IOException if the file of tokens cannot be read
     */
    List<AccessToken> tokens() throws IOException;

    /**
     * Adds a token.
     *
     * @param name the name of its user: 1 to 64 letters, digits, {@code .}, {@code _} and {@code -}
     * @param readOnly whether it permits no change
     * @return the secret for the header {@code Authorization: Bearer}; it cannot be shown again
     * @throws IllegalArgumentException if the name is invalid or in use
     * @throws IOException if the file of tokens cannot be written
     */
    String add(String name, boolean readOnly) throws IOException;

    /**
     * Removes a token. It is refused from now on.
     *
     * @param name its name
     * @throws IllegalArgumentException if no token has the name
     * @throws IOException if the file of tokens cannot be written
     */
    void revoke(String name) throws IOException;

    /**
     * {@return a new link to the console for each TCP address} One of them can be used, once, within five minutes.
     *
     * @throws IllegalStateException if the API listens on no TCP address
     */
    List<String> consoleLinks();

    /** {@return the recent events, recorded while the API is configured; null during an update of the engine} */
    @Nullable
    EventLog events();
}
