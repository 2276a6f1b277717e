package dev.weir.config;

import com.typesafe.config.ConfigValueFactory;
import dev.weir.config.saved.DefinitionKey;
import dev.weir.drive.definition.Definition.Kind;
import dev.weir.drive.definition.Definition.Origin;
import dev.weir.drive.settings.DriveSettings;
import dev.weir.drive.settings.FilterSettings;
import dev.weir.drive.settings.GroupSettings;
import dev.weir.drive.settings.LimitTree;
import dev.weir.fault.FaultSettings;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/**
 * Parses and validates the configuration file and the command line, and collects all errors. It changes no state. An
 * instance serves one reading on one thread.
 */
final class ConfigurationReader {
    /** Keys of the block {@code weir}. */
    static final List<String> KEYS = List.of("nbd", "metrics", "control", "cluster", "profiles", "groups", "drives");

    /** Keys of the block {@code nbd}. */
    static final List<String> NBD_KEYS = Stream.of(List.of("listen"), NbdReader.KEYS, NbdSecurity.KEYS)
            .flatMap(List::stream)
            .toList();

    private final Inputs inputs;
    private final Saved saved;
    private final SavedReader commands;
    private final Types types;
    private final Running running;
    private final PipeText pipe;
    private final Findings findings = new Findings();
    private final List<DriveSettings> drives = new ArrayList<>();
    private final Set<Path> files = new HashSet<>();
    private final Map<String, Map<String, String>> origins = new HashMap<>();
    private final Map<String, Place> placesOfDrives = new HashMap<>();
    private final Map<String, Setting> writtenDrives = new HashMap<>();
    private final Map<String, Setting> writtenGroups = new HashMap<>();
    private @Nullable Profiles profiles;
    private int options = 2;

    private ConfigurationReader(Inputs inputs, Saved saved, Types types, Running running, PipeText pipe) {
        this.inputs = inputs;
        this.saved = saved;
        commands = new SavedReader(saved, inputs.home(), findings);
        this.types = types;
        this.running = running;
        this.pipe = pipe;
    }

    /** Parses and validates all inputs of a home without definitions by commands. */
    static Reading read(Inputs inputs, Types types, Running running, PipeText pipe) {
        return read(inputs, Saved.NONE, types, running, pipe);
    }

    /**
     * Parses and validates all inputs.
     *
     * @param saved definitions by commands
     * @param running running drives and groups, which a change must not interrupt
     * @param pipe cache of a pipe's text between readings
     */
    static Reading read(Inputs inputs, Saved saved, Types types, Running running, PipeText pipe) {
        return new ConfigurationReader(inputs, saved, types, running, pipe).read();
    }

    private Reading read() {
        Setting weir = weir();
        boolean unread = findings.hasFaults();
        weir.refuseUnknown(KEYS, List.of(), ConfigurationReader::shared);
        Setting nbd = weir.child("nbd");
        NbdSecurity security = new NbdSecurity(nbd, files);
        List<String> listen = listen(nbd, security);
        Map<String, Object> nbdProperties = NbdReader.read(nbd);
        nbdProperties.putAll(security.read());
        String metrics = MetricsReader.read(weir.child("metrics"));
        ClusterReader.Cluster cluster = ClusterReader.read(weir.child("cluster"));
        Map<String, Object> control = ControlReader.read(weir.child("control"), nbdProperties, metrics);

        commands.reportFaults();
        List<Setting> blocks = blocks(Kind.GROUP, weir.child("groups"), unread);
        Set<String> names = new LinkedHashSet<>();
        blocks.forEach(group -> names.add(group.key()));
        profiles = new Profiles(weir.child("profiles"));
        DriveReader reader = new DriveReader(types, running, unread ? null : names, security, profiles, cluster);
        List<GroupSettings> groups = new ArrayList<>();
        for (Setting group : blocks) {
            writtenGroups.put(group.key(), group);
            if (isNamedBlock(group)) {
                origins.put(GroupSettings.pid(group.key()), origins(group));
                groups.add(reader.readGroup(group.key(), group));
            }
        }
        for (Setting drive : blocks(Kind.DRIVE, weir.child("drives"), unread)) {
            placesOfDrives.put(drive.key(), drive.place());
            if (isNamedBlock(drive)) {
                addDrive(drive.key(), drive, reader);
            }
        }
        inputs.drives().forEach(text -> addOption(text, reader));
        checkTree(groups);
        NbdReader.checkExport(nbd, placesOfDrives.keySet());
        if (placesOfDrives.isEmpty() && !findings.hasFaults()) {
            findings.warn(weir.place(), "no drives are configured");
        }
        if (!findings.hasFaults()) {
            running.exports().forEach(security::check);
        }
        Set<String> reopened = findings.hasFaults()
                ? Set.of()
                : new OpenDriveCheck(types, running, saved.added(), writtenDrives).check(drives);
        if (saved.folder() != null) {
            files.add(saved.folder());
        }
        Stream<String> backends = drives.stream().map(DriveSettings::backendType);
        Stream<String> filters = drives.stream().flatMap(ConfigurationReader::filters);
        Stream<String> policies = Stream.concat(
                drives.stream().map(DriveSettings::policy), groups.stream().map(GroupSettings::policy));
        return new Reading(
                groups,
                drives,
                listen,
                nbdProperties,
                metrics,
                control,
                cluster == null ? null : cluster.properties(),
                origins,
                files,
                reopened,
                without(types.backends().keySet(), backends),
                without(types.filters().keySet(), filters),
                without(types.policies().keySet(), policies),
                commands.definitions(),
                findings.faults(),
                findings.warnings(),
                false);
    }

    /**
     * Returns the written blocks. Those of commands may refer to a file that could not be read, and are left out then.
     */
    private List<Setting> blocks(Kind kind, Setting written, boolean unread) {
        return unread ? written.children() : commands.with(kind, written.children());
    }

    private static Stream<String> filters(DriveSettings drive) {
        Stream<String> types = drive.filters().stream().map(FilterSettings::type);
        return drive.faults().isEmpty() ? types : Stream.concat(types, Stream.of(FaultSettings.TYPE));
    }

    /** Checks the tree of limits; see {@link LimitTree}. */
    private void checkTree(List<GroupSettings> groups) {
        List<LimitTree.Node> nodes = new ArrayList<>();
        groups.forEach(group -> nodes.add(LimitTree.Node.of(group)));
        drives.forEach(drive -> nodes.add(LimitTree.Node.of(drive)));
        for (LimitTree.Fault fault : LimitTree.faults(nodes)) {
            LimitTree.Node node = fault.node();
            Setting written = (node.isDrive() ? writtenDrives : writtenGroups).get(node.name());
            if (written != null) {
                ShareReader.at(written, fault.key()).fault(fault.rule());
            }
        }
        Map<String, String> policies = new HashMap<>();
        groups.forEach(group -> policies.put(group.name(), group.policy()));
        for (GroupSettings group : groups) {
            GroupSettings before = running.groups().get(group.name());
            Setting written = writtenGroups.get(group.name());
            String policy = policies.get(group.parent());
            boolean isMoved = before != null && !Objects.equals(before.parent(), group.parent());
            if (isMoved
                    && written != null
                    && policy != null
                    && !types.policies().containsKey(policy)) {
                written.child("parent")
                        .fault("no policy of its type " + Findings.shown(policy)
                                + " is available; the change would hold the requests of running drives");
            }
        }
    }

    private static Set<String> without(Set<String> here, Stream<String> all) {
        return all.filter(type -> !here.contains(type)).collect(Collectors.toSet());
    }

    private Setting weir() {
        Path file = inputs.file();
        return file == null
                ? commandLine("command line", null)
                : HoconFile.read(new FileSource(file), findings, files, pipe);
    }

    /** Returns a hint for a block of shared defaults inside {@code weir}: it belongs beside {@code weir}. */
    private static String shared(Setting child) {
        boolean isNear = Suggestion.of(child.key(), KEYS).isNear();
        return child.isFilledBlock() && !isNear
                ? "; put defaults that drives share beside the block weir: " + Findings.shown(child.key())
                        + " { … }, weir.drives.NAME = ${" + Findings.shown(child.key()) + "} { … }"
                : "";
    }

    private static boolean isNamedBlock(Setting setting) {
        if (!Names.isSafe(setting.key())) {
            setting.fault(Names.RULE);
        }
        return setting.isBlock();
    }

    private void addOption(String text, DriveReader reader) {
        DriveOption.NamedDrive drive = DriveOption.read(text, options++, inputs.folder(), running, findings);
        if (drive == null) {
            return;
        }
        Place other = placesOfDrives.putIfAbsent(drive.id(), drive.setting().place());
        if (other != null) {
            findings.fault(
                    drive.setting().place(), "id = " + Findings.shown(drive.id()) + ": is already used at " + other);
        }
        commands.record(new DefinitionKey(Kind.DRIVE, drive.id()), drive.setting(), Origin.OPERATOR);
        addDrive(drive.id(), drive.setting(), reader);
    }

    private void addDrive(String name, Setting drive, DriveReader reader) {
        writtenDrives.put(name, drive);
        origins.put(DriveSettings.pid(name), origins(drive));
        drives.add(reader.readDrive(name, drive));
    }

    /** Returns the origin of each setting of a drive or group by key. */
    private Map<String, String> origins(Setting owner) {
        Map<String, String> all = profiles == null ? new HashMap<>() : profiles.origins(owner);
        all.putAll(owner.origins());
        return all;
    }

    private List<String> listen(Setting nbd, NbdSecurity rules) {
        nbd.refuseUnknown(NBD_KEYS, List.of());
        Setting listen = nbd.child("listen");
        List<Setting> written = listen.elements();
        if (listen.isSet() && written.isEmpty()) {
            listen.fault("must be at least one address");
        }
        List<String> ofFile = addresses(written, inputs.listen().isEmpty() ? rules : null);
        List<String> ofCommandLine = addresses(
                inputs.listen().stream()
                        .map(text -> commandLine("--listen " + Findings.shown(text), text))
                        .toList(),
                rules);
        if (!inputs.listen().isEmpty()) {
            return ofCommandLine;
        }
        if (listen.isSet()) {
            return ofFile;
        }
        String socket = "unix:" + inputs.home().resolve("run/nbd.sock");
        return addresses(List.of(commandLine("--home " + inputs.home(), socket)), rules);
    }

    private List<String> addresses(List<Setting> written, @Nullable NbdSecurity rules) {
        List<String> addresses = new ArrayList<>();
        for (Setting setting : written) {
            String address = NbdAddress.read(setting);
            if (address != null && addresses.contains(address)) {
                setting.fault("is listed twice");
            } else if (address != null) {
                addresses.add(address);
                if (rules != null) {
                    rules.check(setting, address);
                }
            }
        }
        return addresses;
    }

    /** Returns a setting for a whole command-line option. */
    private Setting commandLine(String title, @Nullable String value) {
        Place place = new Place(options++, title, 0);
        OptionSource source = new OptionSource(place, Map.of(List.of(), ""), inputs.folder());
        return Setting.root(source, findings, value == null ? null : ConfigValueFactory.fromAnyRef(value), place);
    }
}
