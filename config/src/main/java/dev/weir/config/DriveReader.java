package dev.weir.config;

import static java.nio.charset.StandardCharsets.UTF_8;

import dev.weir.drive.settings.DriveSettings;
import dev.weir.drive.settings.GroupSettings;
import dev.weir.throttle.ThrottleLimits;
import dev.weir.throttle.ThrottlePolicyFactory;
import java.util.List;
import java.util.Objects;
import java.util.Set;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/** Reads drives and groups, from wherever they were written. If there is a fault, what it returns is of no use. */
final class DriveReader {
    /** The keys of a group. */
    static final List<String> GROUP_KEYS = List.of("policy", "limits");

    /** The keys of a drive. */
    static final List<String> DRIVE_KEYS =
            List.of("backend", "policy", "limits", "group", "read-only", "description", "clients");

    private static final int MAX_DESCRIPTION_BYTES = 4096;
    private static final List<String> LIMIT_KEYS =
            ThrottleLimits.keys().stream().map(key -> "limits." + key).toList();

    private final Types types;
    private final @Nullable Set<String> groups;
    private final NbdSecurity security;

    /**
     * Makes a reader.
     *
     * @param types the types of backends and policies that are here
     * @param groups the names of all groups; null if the file that may have them could not be read
     * @param security what clients can be asked for
     */
    DriveReader(Types types, @Nullable Set<String> groups, NbdSecurity security) {
        this.types = types;
        this.groups = groups;
        this.security = security;
    }

    GroupSettings readGroup(String name, Setting group) {
        group.refuseUnknown(GROUP_KEYS, LIMIT_KEYS);
        ThrottleLimits limits = LimitsReader.read(group.child("limits"));
        return new GroupSettings(name, policy(group, limits), limits);
    }

    DriveSettings readDrive(String name, Setting drive) {
        drive.refuseUnknown(DRIVE_KEYS, LIMIT_KEYS);
        BackendReader.Backend backend = new BackendReader(types).read(drive.child("backend"));
        ThrottleLimits limits = LimitsReader.read(drive.child("limits"));
        return new DriveSettings(
                name,
                backend.type(),
                backend.options(),
                Objects.requireNonNullElse(Values.flag(drive.child("read-only")), false),
                policy(drive, limits),
                group(drive.child("group")),
                limits,
                description(drive.child("description")),
                clients(drive.child("clients")));
    }

    /** An empty list would let in everybody, which is hardly meant. */
    private List<String> clients(Setting clients) {
        security.checkClients(clients);
        List<Setting> written = clients.elements();
        if (clients.isSet() && written.isEmpty()) {
            clients.fault("must name one client or more");
        }
        return written.stream()
                .map(Values::word)
                .flatMap(Stream::ofNullable)
                .distinct()
                .toList();
    }

    /** NBD clients are told of it, and their protocol has strings of at most 4 096 bytes. */
    private static String description(Setting description) {
        String text = description.text();
        if (text == null) {
            return "";
        }
        if (text.getBytes(UTF_8).length > MAX_DESCRIPTION_BYTES || text.chars().anyMatch(Character::isISOControl)) {
            description.fault(
                    "must be at most " + MAX_DESCRIPTION_BYTES + " bytes of UTF-8 without control characters");
        }
        return text;
    }

    private String policy(Setting owner, ThrottleLimits limits) {
        Setting policy = owner.child("policy");
        String written = Values.word(policy);
        String type = written == null ? DriveSettings.DEFAULT_POLICY : written;
        ThrottlePolicyFactory factory = types.policies().get(type);
        if (factory != null) {
            LimitsReader.report(owner.child("limits"), factory.faults(limits));
        } else if (written != null || !policy.isSet()) {
            String missing = policy.isSet() ? "this type" : "type " + type;
            policy.warn("no policy of " + missing + " is here; requests are held until one comes"
                    + Suggestion.of(type, types.policies().keySet()));
        }
        return type;
    }

    private @Nullable String group(Setting group) {
        String name = Values.word(group);
        if (name != null && groups != null && !groups.contains(name)) {
            group.fault("is not a group" + Suggestion.of(name, groups));
        }
        return name;
    }
}
