package dev.weir.config;

import dev.weir.supervision.BoundedCalls;
import java.io.IOException;
import java.nio.file.FileSystems;
import java.nio.file.attribute.UserPrincipalNotFoundException;
import java.util.Map;
import java.util.Objects;
import java.util.TreeMap;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/**
 * Parses {@code socket-mode} and {@code socket-group} of a server into its configuration properties. A group without a
 * mode gives the mode 0660.
 */
final class SocketAccessReader {
    private static final Pattern MODE = Pattern.compile("0?(600|660|666)");

    /** Timeout of a look-up (ms). The system may ask a directory server. */
    private static final long LOOK_UP_MILLIS = 10_000;

    private SocketAccessReader() {}

    static Map<String, Object> read(Setting server) {
        Map<String, Object> properties = new TreeMap<>();
        String group = group(server.child("socket-group"));
        if (group != null) {
            properties.put("socket.group", group);
        }
        String mode = mode(server.child("socket-mode"));
        if (mode != null || group != null) {
            properties.put("socket.mode", Objects.requireNonNullElse(mode, "0660"));
        }
        return properties;
    }

    private static @Nullable String mode(Setting setting) {
        String text = Values.word(setting);
        if (text == null) {
            return null;
        }
        Matcher mode = MODE.matcher(text);
        if (!mode.matches()) {
            setting.fault("must be 0600 (owner), 0660 (owner and group) or 0666 (all users)");
            return null;
        }
        if (mode.group(1).equals("666")) {
            setting.warn("every user of this machine can read and change every drive");
        }
        return "0" + mode.group(1);
    }

    private static @Nullable String group(Setting setting) {
        String name = Values.word(setting);
        if (name == null) {
            return null;
        }
        try {
            BoundedCalls.call(SocketAccessReader.class, LOOK_UP_MILLIS, () -> FileSystems.getDefault()
                    .getUserPrincipalLookupService()
                    .lookupPrincipalByGroupName(name));
        } catch (UserPrincipalNotFoundException e) {
            setting.fault("is not a group of this machine");
        } catch (IOException | IllegalStateException e) {
            setting.fault("cannot be looked up: " + e.getMessage());
        }
        return name;
    }
}
