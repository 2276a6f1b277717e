package dev.weir.control.server;

import java.nio.file.Path;
import java.util.List;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * The settings of the server.
 *
 * @param listen the addresses: {@code unix:/path} or {@code tcp:host:port}
 * @param socketMode the mode of Unix sockets: {@code 0600}, {@code 0660} or {@code 0666}
 * @param socketGroup the group of Unix sockets; empty for the group of the process
 * @param hosts further names of this host
 * @param certificate the certificate of TLS; null without TLS
 * @param key its private key; null without TLS
 */
public record ServerSettings(
        List<String> listen,
        String socketMode,
        String socketGroup,
        Set<String> hosts,
        @Nullable Path certificate,
        @Nullable Path key) {}
