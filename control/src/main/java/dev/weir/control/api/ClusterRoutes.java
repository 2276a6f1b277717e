package dev.weir.control.api;

import dev.weir.cluster.ClusterControl;
import dev.weir.control.route.ApiAnswer;
import dev.weir.control.route.ApiRequest;
import dev.weir.control.route.Fields;
import dev.weir.control.route.JsonBody;
import dev.weir.control.route.Problem;
import dev.weir.control.route.Route;
import dev.weir.control.route.Route.Answer;
import dev.weir.control.route.Route.Parameter;
import dev.weir.drive.control.GroupControl;
import dev.weir.throttle.ThrottleLimits;
import dev.weir.view.Json;
import dev.weir.view.LiveChanges;
import dev.weir.view.system.ClusterView;
import dev.weir.view.system.FleetView;
import java.util.List;
import java.util.Map;

/** Operations that show the cluster and change limits on all its hosts. */
final class ClusterRoutes {
    private static final Parameter SAVE =
            Parameter.flag("save", "true to save the limits on all hosts; refused if a host cannot");
    private static final Parameter DRY_RUN =
            Parameter.flag("dry-run", "true to ask all hosts whether they could save the limits; nothing changes");

    private final Installation weir;

    ClusterRoutes(Installation weir) {
        this.weir = weir;
    }

    List<Route> all() {
        return List.of(
                new Route(
                        "GET",
                        "/v1/cluster",
                        "getCluster",
                        "Shows the hosts of the cluster, its coordinator, and the shares of its groups.",
                        Answer.one(ClusterView.class, "the cluster as this host sees it; 404 while it is off"),
                        Actions.waiting((request, path) -> shown(cluster()))),
                new Route(
                        "GET",
                        "/v1/cluster/drives",
                        "getClusterDrives",
                        "Lists the drives of all hosts of the cluster.",
                        Answer.one(FleetView.class, "the drives by host"),
                        Actions.waiting((request, path) -> ApiAnswer.json(
                                200, Json.text(FleetView.of(cluster().drives()))))),
                new Route(
                                "PATCH",
                                "/v1/cluster/groups/{name}/limits",
                                "changeClusterLimits",
                                "Changes the given limits of a group on all hosts; 0 or null removes one.",
                                Answer.one(ClusterView.class, "the cluster after the change"),
                                Actions.waiting(Actions.alone(this::limits)))
                        .with(DriveChanges.limitsBody())
                        .with(SAVE, DRY_RUN));
    }

    private ClusterControl cluster() {
        ClusterControl cluster = weir.cluster();
        if (cluster == null) {
            throw new Problem(404, "the cluster is off; weir.cluster in the configuration turns it on");
        }
        return cluster;
    }

    private static ApiAnswer shown(ClusterControl cluster) {
        return ApiAnswer.json(200, Json.text(ClusterView.of(cluster.snapshot())));
    }

    private ApiAnswer limits(ApiRequest request, Map<String, String> path) {
        ClusterControl cluster = cluster();
        GroupControl group = Found.group(weir, path);
        Etag.check(request.ifMatch(), Etag.of(group));
        Map<String, Long> changes = Fields.limits(JsonBody.fields(request.body()), ThrottleLimits.keys(), "");
        if (DRY_RUN.isSet(request)) {
            cluster.check(group.name(), changes);
            return shown(cluster);
        }
        boolean isSaved = SAVE.isSet(request);
        if (isSaved) {
            cluster.save(group.name(), changes);
        } else {
            cluster.limits(group.name(), changes);
        }
        ChangeLog.add(
                request,
                "%s the limits of group %s on all hosts: %s"
                        .formatted(isSaved ? "saved" : "changed", group.name(), LiveChanges.text(changes)));
        return shown(cluster);
    }
}
