package dev.weir.shell.command;

import dev.weir.drive.control.DriveControl;
import dev.weir.drive.control.DriveSnapshot;
import dev.weir.shell.syntax.CommandSyntax;
import dev.weir.view.system.BackendView;
import dev.weir.view.system.FilterView;
import dev.weir.view.system.PolicyView;
import java.util.List;
import org.apache.felix.service.command.Descriptor;
import org.osgi.service.component.annotations.Activate;
import org.osgi.service.component.annotations.Component;
import org.osgi.service.component.annotations.Reference;

/**
 * The commands that list the installed types of policies, backends and filters. They return {@link PolicyView},
 * {@link BackendView} and {@link FilterView}.
 *
 * <p>Thread-safe.
 */
@Component(
        service = TypeCommands.class,
        property = {
            "osgi.command.scope=weir",
            "osgi.command.function=policies",
            "osgi.command.function=backends",
            "osgi.command.function=filters"
        })
public final class TypeCommands {
    private static final String POLICIES =
            """
            lists the installed policy types and the drives that use them

            Usage: policies [--json]

            """
                    + CommandSyntax.OPTIONS;

    private static final String BACKENDS =
            """
            lists the installed backend types and their options; brackets mark optional ones

            Usage: backends [--json]

            """
                    + CommandSyntax.OPTIONS;

    private static final String FILTERS =
            """
            lists the installed filter types, their options and the drives that use them; brackets mark optional ones

            Usage: filters [--json]

            """
                    + CommandSyntax.OPTIONS;

    private final Services services;

    /** Creates the commands for the types of {@code services}. */
    @Activate
    public TypeCommands(@Reference Services services) {
        this.services = services;
    }

    private List<DriveSnapshot> drives() {
        return services.drives().stream().map(DriveControl::snapshot).toList();
    }

    @Descriptor(POLICIES)
    public Object policies(String... words) {
        return CommandSyntax.of(POLICIES).answer(words, args -> PolicyView.list(services.policyTypes(), drives()));
    }

    @Descriptor(BACKENDS)
    public Object backends(String... words) {
        return CommandSyntax.of(BACKENDS).answer(words, args -> BackendView.list(services.backends()));
    }

    @Descriptor(FILTERS)
    public Object filters(String... words) {
        return CommandSyntax.of(FILTERS).answer(words, args -> FilterView.list(services.filters(), drives()));
    }
}
