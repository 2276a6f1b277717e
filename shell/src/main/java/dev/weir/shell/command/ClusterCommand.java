package dev.weir.shell.command;

import dev.weir.cluster.ClusterControl;
import dev.weir.drive.control.GroupControl;
import dev.weir.drive.control.GroupSnapshot;
import dev.weir.shell.session.Caller;
import dev.weir.shell.syntax.CommandFault;
import dev.weir.shell.syntax.CommandSyntax;
import dev.weir.throttle.ThrottleLimits;
import dev.weir.view.View;
import dev.weir.view.system.ClusterCheckView;
import dev.weir.view.system.ClusterView;
import dev.weir.view.system.FleetView;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import org.apache.felix.service.command.Descriptor;
import org.jspecify.annotations.Nullable;
import org.osgi.service.component.annotations.Activate;
import org.osgi.service.component.annotations.Component;
import org.osgi.service.component.annotations.Reference;

/** The command {@code cluster}: the cluster's hosts and groups, and limits on all hosts. Thread-safe. */
@Component(
        service = ClusterCommand.class,
        property = {"osgi.command.scope=weir", "osgi.command.function=cluster"})
public final class ClusterCommand {
    private static final String CLUSTER =
            """
            shows hosts, coordinator and shares of the cluster, or changes a group's limits on all hosts

            Usage: cluster [GROUP] [KEY=VALUE...] [--drives] [--json]

            Without arguments: the reachable hosts, the coordinator, and for each group with
            scope = cluster its limits and for each host its share, its use and the time until its
            lease ends. "set aside" is the part that the coordinator keeps for hosts it does not hear.

            cluster GROUP iops=20k changes the limit of a group on all hosts. It lasts until another
            value of the group in the file of a host, or until all hosts have restarted.
            "group set GROUP iops=20k --cluster" also saves it on all hosts.

                 --drives  the drives of all hosts: their rates, limits and waiting requests
            """
                    + CommandSyntax.OPTIONS;

    private final Services services;

    /** Creates the command for the cluster of {@code services}. */
    @Activate
    public ClusterCommand(@Reference Services services) {
        this.services = services;
    }

    @Descriptor(CLUSTER)
    public Object cluster(String... words) {
        CommandSyntax usage = CommandSyntax.of(CLUSTER);
        return Objects.requireNonNull(usage.answerWith(words, options -> {
            List<String> args = options.args();
            ClusterControl cluster = cluster();
            if (args.size() == 1) {
                throw usage.fault("KEY=VALUE is missing");
            }
            if (!args.isEmpty()) {
                change(cluster, services.group(args.get(0)), args.subList(1, args.size()), usage);
            }
            try {
                return options.isSet("drives") ? FleetView.of(cluster.drives()) : ClusterView.of(cluster.snapshot());
            } catch (IllegalStateException e) {
                throw new CommandFault(String.valueOf(e.getMessage()), e);
            }
        }));
    }

    private ClusterControl cluster() {
        return cluster(services);
    }

    private static ClusterControl cluster(Services services) {
        @Nullable ClusterControl cluster = services.cluster;
        if (cluster == null) {
            throw new CommandFault("the cluster is off; weir.cluster in the configuration turns it on");
        }
        return cluster;
    }

    private static void change(ClusterControl cluster, GroupControl group, List<String> words, CommandSyntax usage) {
        try {
            cluster.limits(group.name(), LimitChange.settings(words, usage::fault));
        } catch (IllegalStateException e) {
            throw new CommandFault(String.valueOf(e.getMessage()), e);
        }
        Caller.log("changed the limits of group {} on all hosts: {}", group.name(), words);
    }

    /**
     * Changes limits of a group on all hosts and saves them there.
     *
     * @param words limits as words {@code KEY=VALUE}
     * @param isCheck whether to ask the hosts only
     * @return the cluster after the change, or the change that the hosts would make
     * @throws CommandFault if a word is invalid or a host cannot save them
     */
    static View save(Services services, String name, List<String> words, boolean isCheck, CommandSyntax usage) {
        ClusterControl cluster = cluster(services);
        if (words.isEmpty()) {
            throw usage.fault("KEY=VALUE is missing");
        }
        try {
            GroupControl group = services.group(name);
            Map<String, Long> changes = LimitChange.settings(words, usage::fault);
            if (isCheck) {
                GroupSnapshot now = group.snapshot();
                ThrottleLimits after =
                        now.limits().changed(changes, now.settings().limits());
                return ClusterCheckView.of(name, cluster.check(name, changes), now.limits(), after);
            }
            List<String> hosts = cluster.save(name, changes);
            Caller.log("saved the limits of group {} on {}: {}", name, hosts, words);
            return ClusterView.of(cluster.snapshot());
        } catch (IllegalStateException e) {
            throw new CommandFault(String.valueOf(e.getMessage()), e);
        }
    }
}
