package dev.weir.control.api;

import dev.weir.control.route.ApiAnswer;
import dev.weir.control.route.Route;
import dev.weir.control.route.Route.Answer;
import dev.weir.drive.control.GroupControl;
import dev.weir.view.GroupView;
import dev.weir.view.Json;
import dev.weir.view.LimitsView;
import dev.weir.view.QueuedView;
import dev.weir.view.source.Views;
import java.util.List;

/** Operations that show groups. */
final class GroupRoutes {
    private final Installation weir;
    private final Views views;

    GroupRoutes(Installation weir, Views views) {
        this.weir = weir;
        this.views = views;
    }

    List<Route> all() {
        return List.of(
                new Route(
                        "GET",
                        "/v1/groups",
                        "listGroups",
                        "Lists the groups.",
                        Answer.list(GroupView.class, "all groups by name"),
                        (request, path) -> ApiAnswer.json(200, Json.text(views.groups(weir.groups())))),
                new Route(
                        "GET",
                        "/v1/groups/{name}",
                        "getGroup",
                        "Shows a group.",
                        Answer.one(GroupView.class, "the group; its version is the header ETag"),
                        (request, path) -> {
                            GroupControl group = Found.group(weir, path);
                            return ApiAnswer.json(
                                            200,
                                            Json.text(
                                                    views.groups(List.of(group)).get(0)))
                                    .withEtag(Etag.of(group));
                        }),
                new Route(
                        "GET",
                        "/v1/groups/{name}/queue",
                        "getGroupQueue",
                        "Lists the waiting requests of the drives of a group.",
                        Answer.list(QueuedView.class, "the waiting requests, by drive in the order of their release"),
                        (request, path) -> ApiAnswer.json(
                                200,
                                Json.text(Found.members(weir, path).stream()
                                        .flatMap(drive -> Views.queue(drive).stream())
                                        .toList()))),
                new Route(
                        "GET",
                        "/v1/groups/{name}/limits",
                        "getGroupLimits",
                        "Shows the limits of a group and its debt.",
                        Answer.one(LimitsView.class, "the limits"),
                        (request, path) -> {
                            GroupControl group = Found.group(weir, path);
                            return ApiAnswer.json(200, Json.text(views.limits(group)))
                                    .withEtag(Etag.of(group));
                        }));
    }
}
