package dev.weir.control.api;

import dev.weir.control.route.ApiAnswer;
import dev.weir.control.route.ApiRequest;
import dev.weir.control.route.Fields;
import dev.weir.control.route.JsonBody;
import dev.weir.control.route.Route;
import dev.weir.control.route.Route.Answer;
import dev.weir.control.route.Route.Body;
import dev.weir.drive.control.GroupControl;
import dev.weir.drive.control.GroupSnapshot;
import dev.weir.throttle.Share;
import dev.weir.throttle.ThrottleLimits;
import dev.weir.view.GroupView;
import dev.weir.view.Json;
import dev.weir.view.LimitsView;
import dev.weir.view.source.Views;
import java.util.List;
import java.util.Map;
import java.util.Objects;

/** Operations that change a running group until a reload with {@code restore}, a restart or a new value in the file. */
final class GroupChanges {
    private static final String PARENT = "parent";

    private final Installation weir;
    private final Views views;

    GroupChanges(Installation weir, Views views) {
        this.weir = weir;
        this.views = views;
    }

    List<Route> all() {
        Answer group = Answer.one(GroupView.class, "the group after the change");
        return List.of(
                new Route(
                                "PATCH",
                                "/v1/groups/{name}/limits",
                                "changeGroupLimits",
                                "Changes the given limits and keeps the others; 0 or null removes one.",
                                Answer.one(LimitsView.class, "the limits after the change"),
                                Actions.alone(this::limits))
                        .with(DriveChanges.limitsBody()),
                new Route(
                                "PATCH",
                                "/v1/groups/{name}/share",
                                "changeGroupShare",
                                "Changes the parent of a group and its share in the parent's limits.",
                                group,
                                Actions.alone(this::share))
                        .with(new Body(
                                DriveChanges.ordered(
                                        PARENT,
                                        "the group whose limits apply too; null for none",
                                        ShareFields.WEIGHT,
                                        ShareFields.WEIGHT_SUMMARY,
                                        ShareFields.MIN,
                                        ShareFields.MIN_SUMMARY),
                                false,
                                "{\"weight\":2,\"min\":{\"iops\":0}}")),
                new Route(
                                "POST",
                                "/v1/groups/{name}/drain",
                                "drainGroup",
                                "Lifts the limits of all drives of a group until they are idle.",
                                Answer.one(GroupView.class, "the group, whose drives were idle"),
                                Actions.waiting(this::drain))
                        .with(Drain.body()),
                new Route(
                                "PUT",
                                "/v1/groups/{name}/policy",
                                "changeGroupPolicy",
                                "Changes the throttle policy of a group and keeps the debt.",
                                group,
                                Actions.alone(this::policy))
                        .with(new Body(Map.of("policy", "an installed policy type"), false, "{\"policy\":\"slice\"}")));
    }

    private GroupControl group(ApiRequest request, Map<String, String> path) {
        GroupControl group = Found.group(weir, path);
        unchanged(request, group);
        return group;
    }

    /** Returns the state of a group after the check of {@code If-Match}. */
    private static GroupSnapshot unchanged(ApiRequest request, GroupControl group) {
        Etag.check(request.ifMatch(), Etag.of(group));
        return group.snapshot();
    }

    private ApiAnswer shown(GroupControl group) {
        return ApiAnswer.json(200, Json.text(views.groups(List.of(group)).get(0)))
                .withEtag(Etag.of(group));
    }

    private ApiAnswer limits(ApiRequest request, Map<String, String> path) {
        GroupControl group = Found.group(weir, path);
        Map<String, Long> changes = Fields.limits(JsonBody.fields(request.body()), ThrottleLimits.keys(), "");
        group.exclusively(() -> {
            GroupSnapshot now = unchanged(request, group);
            ThrottleLimits after = now.limits().changed(changes, now.settings().limits());
            group.change(after, now.parent(), now.share());
            return now;
        });
        ChangeLog.add(request, "changed the limits of group %s: %s".formatted(group.name(), changes));
        return ApiAnswer.json(200, Json.text(views.limits(group))).withEtag(Etag.of(group));
    }

    private ApiAnswer share(ApiRequest request, Map<String, String> path) {
        GroupControl group = Found.group(weir, path);
        Map<String, Object> fields =
                JsonBody.fields(request.body(), List.of(PARENT, ShareFields.WEIGHT, ShareFields.MIN));
        String newParent = fields.get(PARENT) == null ? null : Fields.text(fields, PARENT);
        ChangeLog.add(request, group.exclusively(() -> {
            GroupSnapshot now = unchanged(request, group);
            Share share = ShareFields.changed(now.share(), fields);
            String parent = fields.containsKey(PARENT) ? newParent : now.parent();
            group.change(now.limits(), parent, share);
            return "changed group %s: parent %s, %s"
                    .formatted(group.name(), Objects.toString(parent, "none"), share.toMap());
        }));
        return shown(group);
    }

    private ApiAnswer drain(ApiRequest request, Map<String, String> path) {
        GroupControl group = group(request, path);
        Drain.run(Found.members(weir, path), request);
        ChangeLog.add(request, "drained group " + group.name());
        return shown(group);
    }

    private ApiAnswer policy(ApiRequest request, Map<String, String> path) {
        GroupControl group = Found.group(weir, path);
        String type = DriveChanges.policyType(weir, request);
        group.exclusively(() -> {
            GroupSnapshot now = unchanged(request, group);
            group.policy(type);
            return now;
        });
        ChangeLog.add(request, "changed the policy of group %s to %s".formatted(group.name(), type));
        return shown(group);
    }
}
