package dev.weir.config;

import dev.weir.drive.export.DriveExport;
import dev.weir.file.FileStamp;
import dev.weir.file.TrustedFile;
import dev.weir.log.FailureText;
import java.io.IOException;
import java.net.InetAddress;
import java.net.UnknownHostException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * Parses TLS, plaintext and stop settings of the NBD server into its configuration properties. Unset keys are left to
 * the server's defaults. An instance serves one reading.
 */
final class NbdSecurity {
    /** Keys of the block {@code nbd} that this class parses. */
    static final List<String> KEYS = List.of(
            "tls",
            "tls-certificate",
            "tls-key",
            "tls-client-ca",
            "tls-psk",
            "allow-plaintext-tcp",
            "stop-timeout",
            "queued-at-stop");

    private static final String OFF = "off";
    private static final List<String> MODES = List.of(OFF, "optional", "required");

    /** Configuration properties by key for the certificate and key files. */
    private static final Map<String, String> FILES = files();

    private static final long MAX_STOP_SECONDS = 600;

    private final Setting nbd;
    private final Map<String, Object> properties = new LinkedHashMap<>();
    private final Set<Path> files;
    private final String mode;
    private final boolean plaintext;

    /**
     * Creates a parser.
     *
     * @param files receives the certificate and key files to watch; only the server reads their content
     */
    NbdSecurity(Setting nbd, Set<Path> files) {
        this.nbd = nbd;
        this.files = files;
        mode = word("tls", MODES);
        plaintext = Objects.requireNonNullElse(Values.flag(nbd.child("allow-plaintext-tcp")), false);
    }

    private static Map<String, String> files() {
        Map<String, String> files = new LinkedHashMap<>();
        files.put("tls-certificate", "tls.certificate");
        files.put("tls-key", "tls.key");
        files.put("tls-client-ca", "tls.client.ca");
        files.put("tls-psk", "tls.psk");
        return files;
    }

    /** Returns the configuration properties. */
    Map<String, Object> read() {
        StringBuilder stamp = new StringBuilder();
        FILES.forEach((key, property) -> file(nbd.child(key), property, stamp));
        if (!mode.equals(OFF)) {
            checkKeys();
            properties.put("tls", mode);
            properties.put("tls.stamp", stamp.toString());
        }
        if (plaintext) {
            properties.put("plaintext.tcp", true);
        }
        Long seconds = stopSeconds();
        if (seconds != null) {
            properties.put("stop.millis", seconds * 1000);
        }
        if (word("queued-at-stop", List.of("disconnect", "eshutdown")).equals("eshutdown")) {
            properties.put("stop.answers", true);
        }
        return properties;
    }

    /** Reports the files that an export cannot use. The server's earlier files stay in use. */
    void check(DriveExport export) {
        Map<String, String> faults = export.faults(properties);
        FILES.forEach((key, property) -> {
            String reason = faults.get(property);
            if (reason != null) {
                nbd.child(key).fault(reason);
            }
        });
        String other = faults.get("tls");
        if (other != null) {
            nbd.child("tls").fault(other);
        }
    }

    /** Returns the value of a key, or the first word as its default. */
    private String word(String key, List<String> words) {
        Setting setting = nbd.child(key);
        String word = Values.word(setting);
        if (word == null) {
            return words.get(0);
        }
        // HOCON reads an unquoted off as false
        if (words.contains(word) || (word.equals("false") && words.contains(OFF))) {
            return word.equals("false") ? OFF : word;
        }
        setting.fault("must be " + String.join(", ", words.subList(0, words.size() - 1)) + " or "
                + words.get(words.size() - 1) + Suggestion.of(word, words));
        return words.get(0);
    }

    /** Adds a file's path and its stamp. A changed stamp makes the server load the file again. */
    private void file(Setting setting, String property, StringBuilder stamp) {
        String path = Values.path(setting);
        if (path == null) {
            return;
        }
        properties.put(property, path);
        if (mode.equals(OFF)) {
            return;
        }
        Path file = Path.of(path);
        files.add(file);
        try {
            stamp.append(FileStamp.of(file)).append(' ');
            if (!Files.isRegularFile(file)) {
                setting.fault("must be a regular file");
            } else if (!Files.isReadable(file)) {
                setting.fault("the file cannot be read");
            } else {
                String violated = TrustedFile.violated(file);
                if (violated != null) {
                    setting.fault(violated);
                }
            }
        } catch (IOException e) {
            setting.fault("must be a file that can be read: " + FailureText.of(e));
        }
    }

    private void checkKeys() {
        boolean certificate = nbd.child("tls-certificate").isSet();
        if (certificate != nbd.child("tls-key").isSet()) {
            nbd.child(certificate ? "tls-certificate" : "tls-key")
                    .fault("tls-certificate and tls-key must be set together");
        } else if (!certificate && !nbd.child("tls-psk").isSet()) {
            nbd.child("tls").fault("tls-certificate and tls-key, or tls-psk, must be set");
        }
        if (nbd.child("tls-client-ca").isSet() && !certificate) {
            nbd.child("tls-client-ca")
                    .fault("needs tls-certificate: without it the server requests no client certificate");
        }
    }

    private @Nullable Long stopSeconds() {
        Setting setting = nbd.child("stop-timeout");
        Long seconds = Quantity.seconds(setting);
        if (seconds != null && (seconds < 0 || seconds > MAX_STOP_SECONDS)) {
            setting.fault("must be from 0 to " + MAX_STOP_SECONDS + " s");
        }
        return seconds;
    }

    /**
     * Reports an address that is reachable from other machines without TLS. This is an error, or a warning if
     * plaintext is allowed.
     */
    void check(Setting written, String address) {
        if (isLocal(address)) {
            return;
        }
        if (plaintext && !mode.equals("required")) {
            written.warn(
                    "is served without TLS (allow-plaintext-tcp): any host that reaches it can read and change every "
                            + "drive, and the network between can read and change all traffic");
        } else if (mode.equals(OFF)) {
            written.fault("is reachable from other machines, and without TLS any of them can read and change every "
                    + "drive; set nbd.tls, or nbd.allow-plaintext-tcp = true to allow this");
        }
    }

    /**
     * Returns whether an address is reachable from this machine only. An unresolvable host counts as local, because
     * the server reports it when it binds.
     */
    private static boolean isLocal(String address) {
        if (!address.startsWith("tcp:")) {
            return true;
        }
        try {
            return InetAddress.getByName(address.substring("tcp:".length(), address.lastIndexOf(':')))
                    .isLoopbackAddress();
        } catch (UnknownHostException e) {
            return true;
        }
    }

    /** Reports a list of clients if clients cannot authenticate. */
    void checkClients(Setting clients) {
        boolean provable =
                nbd.child("tls-client-ca").isSet() || nbd.child("tls-psk").isSet();
        if (clients.isSet() && (mode.equals(OFF) || !provable)) {
            clients.fault("clients cannot authenticate: set nbd.tls, and nbd.tls-client-ca or nbd.tls-psk");
        }
    }
}
