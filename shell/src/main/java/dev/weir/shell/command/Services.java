package dev.weir.shell.command;

import dev.weir.access.ControlAccess;
import dev.weir.drive.Drive;
import dev.weir.drive.control.DriveControl;
import dev.weir.drive.control.GroupControl;
import dev.weir.log.PlainText;
import dev.weir.shell.syntax.CommandFault;
import dev.weir.view.DriveView;
import dev.weir.view.GroupView;
import dev.weir.view.LimitsView;
import dev.weir.view.osgi.TrackedServices;
import dev.weir.view.source.ServiceLines;
import dev.weir.view.source.Views;
import dev.weir.view.text.KnownNames;
import dev.weir.view.text.Rates;
import java.util.Collection;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.function.Supplier;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import org.osgi.service.component.annotations.Component;
import org.osgi.service.component.annotations.Reference;
import org.osgi.service.component.annotations.ReferenceCardinality;
import org.osgi.service.component.annotations.ReferencePolicy;
import org.osgi.service.component.annotations.ReferencePolicyOption;

/**
 * The services that commands use: drives, groups, exports, configuration, policy types and backend types. Any of them
 * may come and go while commands run.
 *
 * <p>Thread-safe: Declarative Services replaces whole lists.
 */
@Component(service = Services.class, immediate = true)
public final class Services extends TrackedServices {

    private final Views views = new Views(this);

    /** The open drives by name. */
    private final Map<String, Drive> open = new ConcurrentHashMap<>();

    /** Tokens of the HTTP API; null while it is off. */
    @Reference(
            cardinality = ReferenceCardinality.OPTIONAL,
            policy = ReferencePolicy.DYNAMIC,
            policyOption = ReferencePolicyOption.GREEDY)
    volatile @Nullable ControlAccess access;

    /** Errors of other parts, for example of the metrics endpoint. */
    @Reference(target = "(weir.lines=faults)")
    volatile List<Supplier<List<String>>> otherFaults = List.of();

    @Reference(cardinality = ReferenceCardinality.MULTIPLE, policy = ReferencePolicy.DYNAMIC)
    void addOpenDrive(Drive drive) {
        open.put(drive.name(), drive);
    }

    void removeOpenDrive(Drive drive) {
        open.remove(drive.name(), drive);
    }

    @Override
    protected Stream<String> otherFaults() {
        return ServiceLines.of(otherFaults);
    }

    /**
     * Returns a drive by name.
     *
     * @throws CommandFault if the name is unknown
     */
    DriveControl drive(String name) {
        DriveControl found = findDrive(name);
        if (found != null) {
            return found;
        }
        throw isGroup(name)
                ? new CommandFault("%s is a group; this needs a drive".formatted(name))
                : absent("drive", name, drives().stream().map(DriveControl::name));
    }

    /**
     * Returns the drive of this name, or the drives of the group of this name.
     *
     * @throws CommandFault if the name is unknown
     */
    List<DriveControl> drivesOf(String name) {
        return isGroup(name)
                ? drives().stream()
                        .filter(drive -> name.equals(drive.snapshot().group()))
                        .toList()
                : List.of(driveOrGroup(name));
    }

    /**
     * Returns a drive by name, for commands that also take a group.
     *
     * @throws CommandFault if neither a drive nor a group has the name
     */
    DriveControl driveOrGroup(String name) {
        DriveControl found = findDrive(name);
        if (found == null) {
            Stream<String> names = Stream.concat(
                    drives().stream().map(DriveControl::name), groups().stream().map(GroupControl::name));
            throw absent("drive or group", name, names);
        }
        return found;
    }

    /**
     * Returns a group by name.
     *
     * @throws CommandFault if the name is unknown
     */
    GroupControl group(String name) {
        return groups.stream()
                .filter(group -> group.name().equals(name))
                .findFirst()
                .orElseThrow(() -> absent("group", name, groups().stream().map(GroupControl::name)));
    }

    /** Returns whether a group has this name and no drive has it. */
    boolean isGroup(String name) {
        return findDrive(name) == null
                && groups.stream().anyMatch(group -> group.name().equals(name));
    }

    /** Returns views of groups with their current state, drives and rates. */
    List<GroupView> groupViews(Collection<GroupControl> of) {
        return views.groups(of);
    }

    /**
     * Returns the open drive, to which requests are submitted.
     *
     * @throws CommandFault if the drive is unavailable
     */
    Drive openDrive(DriveControl drive) {
        Drive found = open.get(drive.name());
        if (found == null) {
            throw new CommandFault("drive %s is unavailable: %s"
                    .formatted(drive.name(), drive.snapshot().reason()));
        }
        return found;
    }

    /** Returns the number of clients of a drive. */
    int clients(String drive) {
        return exports.stream()
                .mapToInt(export -> export.getValue().clients(drive))
                .sum();
    }

    /** Returns an error for an unknown name. It lists all known names, or the similar ones if many are known. */
    static CommandFault absent(String kind, String name, Stream<String> names) {
        List<String> commands =
                switch (kind) {
                    case "policy" -> List.of("policies");
                    case "drive or group" -> List.of("drives", "groups");
                    case "limit" -> List.of("limits --help");
                    default -> List.of(kind + "s");
                };
        return new CommandFault("no %s \"%s\"; %s"
                .formatted(kind, PlainText.of(name), KnownNames.hint(name, names.toList(), commands)));
    }

    /** Returns views of drives with their current state. */
    List<DriveView> driveViews(List<DriveControl> of) {
        return views.drives(of);
    }

    /** Returns a view of a drive with its current state. */
    DriveView view(DriveControl drive) {
        return views.drive(drive);
    }

    /** Returns recent rates by drive; empty without a clock. May block. */
    Map<String, Rates> rates(List<DriveControl> of) {
        return views.rates(of);
    }

    /** Returns the current limits of a group. */
    LimitsView limits(GroupControl group) {
        return views.limits(group);
    }

    /** Returns the current limits of a drive. */
    LimitsView limits(DriveControl drive) {
        return views.limits(drive);
    }
}
