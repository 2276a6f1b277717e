package dev.weir.control.api;

import static java.nio.charset.StandardCharsets.UTF_8;

import dev.weir.control.route.Problem;
import dev.weir.control.route.Router;
import dev.weir.drive.control.DriveControl;
import dev.weir.drive.control.DriveSnapshot;
import dev.weir.drive.control.GroupControl;
import dev.weir.drive.control.GroupSnapshot;
import dev.weir.drive.settings.DriveSettings;
import dev.weir.fault.FaultSettings;
import dev.weir.throttle.Share;
import dev.weir.throttle.ThrottleLimits;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.Arrays;
import java.util.Collections;
import java.util.HexFormat;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.WeakHashMap;
import org.jspecify.annotations.Nullable;

/** The versions of drives and groups: hashes of their settings. Rates, counters and queues do not count. */
final class Etag {
    private static final int DIGITS = 16;

    private Etag() {}

    /** The settings of a drive that determine its version. */
    private record DriveVersion(
            DriveSettings settings,
            String policy,
            ThrottleLimits limits,
            Share share,
            long size,
            FaultSettings faults) {
        String hashed() {
            return hash(List.of(
                    text(settings.toProperties()), policy, limits.toMap(), share.toMap(), size, faults.toOptions()));
        }
    }

    /** A version with its hash. The hash is kept because computing it costs more than a comparison. */
    private record Hashed(DriveVersion version, String hash) {}

    private static final Map<DriveControl, Hashed> KNOWN = Collections.synchronizedMap(new WeakHashMap<>());

    /** Returns the version of a drive. */
    static String of(DriveControl drive) {
        return of(drive, drive.snapshot());
    }

    /** Returns the version of a drive at the moment of a snapshot. */
    static String of(DriveControl drive, DriveSnapshot now) {
        DriveVersion version = new DriveVersion(
                now.settings(),
                now.policy(),
                now.limits(),
                now.share(),
                now.size(),
                drive.faults().settings());
        Hashed known = KNOWN.get(drive);
        if (known == null || !known.version.equals(version)) {
            known = new Hashed(version, version.hashed());
            KNOWN.put(drive, known);
        }
        return known.hash;
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
