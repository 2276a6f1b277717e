package dev.weir.config;

import static java.nio.charset.StandardCharsets.UTF_8;

import dev.weir.drive.settings.Charging;
import dev.weir.drive.settings.DriveSettings;
import dev.weir.drive.settings.GroupSettings;
import dev.weir.throttle.LimitFault;
import dev.weir.throttle.Share;
import dev.weir.throttle.ThrottleLimits;
import dev.weir.throttle.ThrottlePolicyFactory;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/** Parses drives and groups of a file or the command line. Its results must not be used if an error was reported. */
final class DriveReader {
    /** Keys of a group. */
    static final List<String> GROUP_KEYS = List.of("policy", "profile", "limits", "scope", "parent", "weight", "min");

    /** Keys of a drive. */
    static final List<String> DRIVE_KEYS = List.of(
            "backend",
            "policy",
            "profile",
            "limits",
            "group",
            "weight",
            "min",
            "read-only",
            "description",
            "clients",
            "filters",
            "faults",
            "charge-discards",
            "flushes");

    private static final int MAX_DESCRIPTION_BYTES = 4096;
    private static final List<String> LIMIT_KEYS =
            ThrottleLimits.keys().stream().map(key -> "limits." + key).toList();

    private final Types types;
    private final Running running;
    private final @Nullable Set<String> groups;
    private final NbdSecurity security;
    private final Profiles profiles;
    private final BackendReader backends;
    private final ClusterReader.@Nullable Cluster cluster;
    private final Map<String, String> policiesOfGroups = new HashMap<>();

    /**
     * Creates a parser.
     *
     * @param types registered backend and policy types
     * @param running drives and groups before the change
     * @param groups names of all groups; null if the file that defines them is unreadable
     * @param security authentication settings against which {@code clients} is checked
     * @param profiles named limits and latencies
     * @param cluster the cluster; null if it is off
     */
    DriveReader(
            Types types,
            Running running,
            @Nullable Set<String> groups,
            NbdSecurity security,
            Profiles profiles,
            ClusterReader.@Nullable Cluster cluster) {
        this.types = types;
        this.running = running;
        this.groups = groups;
        this.security = security;
        this.profiles = profiles;
        backends = new BackendReader(types, running);
        this.cluster = cluster;
    }

    GroupSettings readGroup(String name, Setting group) {
        group.refuseUnknown(GROUP_KEYS, LIMIT_KEYS, child -> dotted(name, child, GROUP_KEYS));
        ThrottleLimits limits =
                LimitsReader.read(group.child("limits"), profiles.of(group).limits());
        GroupSettings before = running.groups().get(name);
        String policy = policy(group, limits, before == null ? null : before.policy(), before != null);
        policiesOfGroups.put(name, policy);
        Setting above = group.child("parent");
        String parent = known(above);
        Share share = ShareReader.read(group, above.isSet());
        return new GroupSettings(name, policy, limits, parent, share, ScopeReader.read(group, limits, cluster));
    }

    DriveSettings readDrive(String name, Setting drive) {
        drive.refuseUnknown(DRIVE_KEYS, LIMIT_KEYS, child -> dotted(name, child, DRIVE_KEYS));
        BackendReader.Backend backend = backends.read(name, drive.child("backend"));
        Profiles.Profile profile = profiles.of(drive);
        ThrottleLimits limits = LimitsReader.read(drive.child("limits"), profile.limits());
        DriveSettings before = running.settings(name);
        return DriveSettings.builder(name, backend.type())
                .options(backend.options())
                .readOnly(Objects.requireNonNullElse(Values.flag(drive.child("read-only")), false))
                .policy(policy(drive, limits, before == null ? null : before.policy(), running.isServing(name)))
                .group(group(name, drive.child("group")))
                .limits(limits)
                .description(description(drive.child("description")))
                .clients(clients(drive.child("clients")))
                .charging(charging(drive))
                .filters(new FilterReader(types, running).read(name, drive.child("filters")))
                .share(ShareReader.read(drive, drive.child("group").isSet()))
                .faults(new FaultsReader(types, running).read(name, drive.child("faults"), profile))
                .build();
    }

    private static Charging charging(Setting drive) {
        Setting discards = drive.child("charge-discards");
        String by = Objects.requireNonNullElse(Values.word(discards), "request");
        if (!by.equals("request") && !by.equals("length")) {
            discards.fault("must be request or length");
        }
        Setting flushes = drive.child("flushes");
        long perSecond = Objects.requireNonNullElse(Quantity.count(flushes), 0L);
        if (perSecond < 0 || perSecond > ThrottleLimits.MAX_VALUE) {
            flushes.fault("must be from 0 (no cap) to " + ThrottleLimits.MAX_VALUE + " a second");
        }
        return new Charging(by.equals("length"), perSecond);
    }

    /** Returns a hint for {@code vm.1 { … }}. HOCON parses it as a block {@code 1} inside a block {@code vm}. */
    private static String dotted(String name, Setting child, List<String> keys) {
        return child.hasAny(keys) ? "; a name with dots must be in quotes: \"" + name + "." + child.key() + "\"" : "";
    }

    /** Returns the allowed clients. An empty list is an error because it would admit every client. */
    private List<String> clients(Setting clients) {
        security.checkClients(clients);
        List<Setting> written = clients.elements();
        if (clients.isSet() && written.isEmpty()) {
            clients.fault("must name at least one client");
        }
        return written.stream()
                .map(Values::word)
                .flatMap(Stream::ofNullable)
                .distinct()
                .toList();
    }

    /** Returns the description. NBD sends it to clients as a string of at most 4,096 bytes. */
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

    /**
     * Returns the policy type of a drive or group.
     *
     * @param before current type; null for a new drive or group
     * @param isRunning whether a policy without a factory would newly hold requests
     */
    private String policy(Setting owner, ThrottleLimits limits, @Nullable String before, boolean isRunning) {
        Setting policy = owner.child("policy");
        String written = Values.word(policy);
        String type = written == null ? DriveSettings.DEFAULT_POLICY : written;
        ThrottlePolicyFactory factory = types.policies().get(type);
        if (factory != null) {
            report(owner, policy, factory, limits);
        } else if (written != null || !policy.isSet()) {
            String missing = "no policy of " + (policy.isSet() ? "this type" : "type " + type) + " is available";
            Suggestion suggestion = Suggestion.of(type, types.policies().keySet());
            boolean isOther = !type.equals(before);
            if (isOther && isRunning) {
                policy.fault(missing + "; the change would hold requests of running drives" + suggestion);
            } else if (isOther && suggestion.isNear()) {
                policy.fault(missing + suggestion);
            } else {
                policy.warn(missing + "; requests are held until one is" + suggestion);
            }
        }
        return type;
    }

    /** Reports limits that the policy cannot enforce. */
    private static void report(Setting owner, Setting policy, ThrottlePolicyFactory factory, ThrottleLimits limits) {
        if (AcceptedLimits.contains(factory, limits)) {
            return;
        }
        List<LimitFault> faults = FactoryAnswers.list(policy, factory, () -> factory.faults(limits));
        if (faults != null && faults.isEmpty()) {
            AcceptedLimits.add(factory, limits);
        } else if (faults != null) {
            LimitsReader.report(owner.child("limits"), faults);
        }
    }

    private @Nullable String group(String drive, Setting group) {
        String name = known(group);
        DriveSettings before = running.settings(drive);
        String policy = name == null ? null : policiesOfGroups.get(name);
        boolean isMoved = before != null && running.isServing(drive) && !Objects.equals(before.group(), name);
        if (isMoved && policy != null && !types.policies().containsKey(policy)) {
            group.fault("no policy of its type " + Findings.shown(policy)
                    + " is available; the change would hold the requests of the running drive");
        }
        return name;
    }

    /** Returns the name of a group, or null if no such group exists, which is an error. */
    private @Nullable String known(Setting group) {
        String name = Values.word(group);
        if (name != null && groups != null && !groups.contains(name)) {
            group.fault("is not a group" + Suggestion.of(name, groups));
            return null;
        }
        return name;
    }
}
