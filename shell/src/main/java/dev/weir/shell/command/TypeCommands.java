package dev.weir.shell.command;

import dev.weir.block.BlockBackendFactory;
import dev.weir.drive.control.DriveControl;
import dev.weir.drive.control.DriveSnapshot;
import dev.weir.shell.view.BackendView;
import dev.weir.shell.view.PolicyView;
import java.util.Comparator;
import java.util.List;
import org.apache.felix.service.command.Descriptor;
import org.osgi.service.component.annotations.Activate;
import org.osgi.service.component.annotations.Component;
import org.osgi.service.component.annotations.Reference;

/**
 * The commands that list what drives can be made of. What they return is described at {@link PolicyView} and
 * {@link BackendView}.
 *
 * <p>Thread-safe.
 */
@Component(
        service = TypeCommands.class,
        property = {"osgi.command.scope=weir", "osgi.command.function=policies", "osgi.command.function=backends"})
public final class TypeCommands {
    private static final String POLICIES =
            """
            lists the types of policy, and the drives that have them

            Usage: policies [--json]

            """
                    + CommandSyntax.OPTIONS;

    private static final String BACKENDS =
            """
            lists the types of backend and their options; those in brackets may be left out

            Usage: backends [--json]

            """
                    + CommandSyntax.OPTIONS;

    private final Services whiteboard;

    /** Lists what is on this whiteboard. */
    @Activate
    public TypeCommands(@Reference Services whiteboard) {
        this.whiteboard = whiteboard;
    }

    @Descriptor(POLICIES)
    public Object policies(String... words) {
        return CommandSyntax.of(POLICIES).answer(words, args -> {
            List<DriveSnapshot> drives =
                    whiteboard.drives().stream().map(DriveControl::snapshot).toList();
            return PolicyView.list(whiteboard.policyTypes().stream()
                    .map(type -> new PolicyView(
                            type,
                            drives.stream()
                                    .filter(drive -> drive.policy().equals(type))
                                    .map(DriveSnapshot::name)
                                    .toList()))
                    .toList());
        });
    }

    @Descriptor(BACKENDS)
    public Object backends(String... words) {
        return CommandSyntax.of(BACKENDS)
                .answer(
                        words,
                        args -> BackendView.list(whiteboard.backends.stream()
                                .sorted(Comparator.comparing(BlockBackendFactory::type))
                                .map(BackendView::of)
                                .toList()));
    }
}
