package dev.weir.config;

import java.nio.charset.StandardCharsets;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/** Parses a listen address of the NBD server. */
final class NbdAddress {
    /**
     * Longest socket path that the JDK accepts. Linux's {@code sockaddr_un} holds one byte more beside the final
     * zero.
     */
    private static final int LONGEST_SOCKET_PATH_BYTES = 106;

    private static final int HIGHEST_PORT = 65535;
    private static final String UNIX = "unix:";
    private static final Pattern TCP =
            Pattern.compile("tcp:(?:[A-Za-z0-9._-]+|\\[[0-9A-Fa-f:.]+(?:%[A-Za-z0-9._-]+)?]):(\\d{1,5})");
    private static final String FORM = "must be unix:PATH or tcp:HOST:PORT, an IPv6 address in brackets";

    private NbdAddress() {}

    /**
     * Returns {@code unix:/absolute/path} or {@code tcp:host:port}. Returns null if the address is unset or has an
     * error.
     */
    static @Nullable String read(Setting setting) {
        String text = Values.word(setting);
        if (text == null) {
            return null;
        }
        if (text.startsWith(UNIX)) {
            return unix(setting, text.substring(UNIX.length()));
        }
        return tcp(setting, text);
    }

    private static @Nullable String tcp(Setting setting, String text) {
        Matcher tcp = TCP.matcher(text);
        if (!tcp.matches()) {
            setting.fault(FORM);
        } else if (Integer.parseInt(tcp.group(1)) > HIGHEST_PORT) {
            setting.fault("the port must be at most " + HIGHEST_PORT);
        } else {
            return text;
        }
        return null;
    }

    private static @Nullable String unix(Setting setting, String name) {
        if (name.isEmpty()) {
            setting.fault(FORM);
            return null;
        }
        String path = Values.absolute(setting, name);
        if (path == null) {
            return null;
        }
        int bytes = path.getBytes(StandardCharsets.UTF_8).length;
        if (bytes > LONGEST_SOCKET_PATH_BYTES) {
            setting.fault("the path of a socket must be at most " + LONGEST_SOCKET_PATH_BYTES + " bytes; "
                    + Findings.shown(path) + " is " + bytes);
            return null;
        }
        return UNIX + path;
    }
}
