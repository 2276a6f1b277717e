package dev.weir.control.api;

import static java.nio.charset.StandardCharsets.UTF_8;

import dev.weir.control.route.Problem;
import dev.weir.control.route.Router;
import dev.weir.drive.control.DriveControl;
import dev.weir.drive.control.DriveSnapshot;
import dev.weir.drive.control.GroupControl;
import dev.weir.drive.control.GroupSnapshot;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.Arrays;
import java.util.HexFormat;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/** The versions of drives and groups: hashes of their settings. Rates, counters and queues do not count. */
final class Etag {
    private static final int DIGITS = 16;

    private Etag() {}

    /** Returns the version of a drive. */
    static String of(DriveControl drive) {
        DriveSnapshot now = drive.snapshot();
        return hash(List.of(
                text(now.settings().toProperties()),
                now.policy(),
                now.limits().toMap(),
                now.size(),
                drive.faults().settings().toOptions()));
    }

    /** Returns the version of a group. */
    static String of(GroupControl group) {
        GroupSnapshot now = group.snapshot();
        return hash(List.of(
                text(now.settings().toProperties()),
                now.policy(),
                now.limits().toMap(),
                String.valueOf(now.parent()),
                now.share().toMap()));
    }

    private static Map<String, String> text(Map<String, ?> properties) {
        Map<String, String> text = new TreeMap<>();
        properties.forEach((key, value) ->
                text.put(key, value instanceof Object[] array ? Arrays.toString(array) : String.valueOf(value)));
        return text;
    }

    private static String hash(List<?> settings) {
        try {
            byte[] hash = MessageDigest.getInstance("SHA-256")
                    .digest(settings.toString().getBytes(UTF_8));
            return HexFormat.of().formatHex(hash).substring(0, DIGITS);
        } catch (NoSuchAlgorithmException e) {
            throw new IllegalStateException("every JDK has SHA-256", e);
        }
    }

    /**
     * Checks the header {@code If-Match} against the current version.
     *
     * @throws Problem if it names other versions only
     */
    static void check(@Nullable String ifMatch, String current) {
        if (ifMatch == null || ifMatch.strip().equals("*")) {
            return;
        }
        boolean matches =
                Arrays.stream(ifMatch.split(",")).map(String::strip).anyMatch(tag -> tag.equals("\"" + current + "\""));
        if (!matches) {
            throw new Problem(
                    412,
                    "If-Match = %s: the settings have changed and are now version \"%s\"; read them again"
                            .formatted(Router.shown(ifMatch), current));
        }
    }
}
