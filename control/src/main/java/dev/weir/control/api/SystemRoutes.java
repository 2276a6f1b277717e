package dev.weir.control.api;

import com.google.gson.JsonObject;
import dev.weir.control.route.ApiAnswer;
import dev.weir.control.route.Route;
import dev.weir.control.route.Route.Answer;
import dev.weir.drive.control.DriveControl;
import dev.weir.drive.control.DriveSnapshot;
import dev.weir.view.Json;
import dev.weir.view.system.BackendView;
import dev.weir.view.system.EventView;
import dev.weir.view.system.FilterView;
import dev.weir.view.system.PolicyView;
import dev.weir.view.system.StatusView;
import java.util.List;

/** Operations that show this Weir: its status and the installed types. */
final class SystemRoutes {
    private final Installation weir;

    SystemRoutes(Installation weir) {
        this.weir = weir;
    }

    List<Route> all() {
        return List.of(
                get(
                        "/v1",
                        "getIndex",
                        "Shows the version of the API and the address of the metrics.",
                        new Answer(200, null, false, "api, openapi, events, metrics (null without an endpoint)"),
                        (request, path) -> ApiAnswer.json(200, index())),
                get(
                        "/v1/status",
                        "getStatus",
                        "Shows the state of the drives and the errors of the configuration.",
                        Answer.one(StatusView.class, "the status"),
                        (request, path) -> ApiAnswer.json(200, Json.text(weir.status()))),
                get(
                                "/v1/events",
                                "getEvents",
                                "Streams the events, or lists the recent ones with Accept: application/json.",
                                Answer.list(EventView.class, "the kept events, oldest first"),
                                (request, path) -> ApiAnswer.json(200, Json.part(EventView.after(weir.events(), 0))))
                        .with(Api.SAMPLES),
                get(
                        "/v1/policies",
                        "listPolicies",
                        "Lists the installed policy types.",
                        Answer.list(PolicyView.class, "the types"),
                        (request, path) ->
                                ApiAnswer.json(200, Json.text(PolicyView.list(weir.policyTypes(), snapshots())))),
                get(
                        "/v1/backends",
                        "listBackends",
                        "Lists the installed backend types and their options.",
                        Answer.list(BackendView.class, "the types"),
                        (request, path) -> ApiAnswer.json(200, Json.text(BackendView.list(weir.backends())))),
                get(
                        "/v1/filters",
                        "listFilters",
                        "Lists the installed filter types and their options.",
                        Answer.list(FilterView.class, "the types"),
                        (request, path) ->
                                ApiAnswer.json(200, Json.text(FilterView.list(weir.filters(), snapshots())))));
    }

    private static Route get(String template, String id, String summary, Answer answer, Route.Action action) {
        return new Route("GET", template, id, summary, answer, action);
    }

    private String index() {
        JsonObject index = new JsonObject();
        index.addProperty("api", "v1");
        index.addProperty("openapi", "/v1/openapi.json");
        index.addProperty("events", "/v1/events");
        index.addProperty("metrics", weir.metrics().isEmpty() ? null : weir.metrics());
        return index.toString();
    }

    private List<DriveSnapshot> snapshots() {
        return weir.drives().stream().map(DriveControl::snapshot).toList();
    }
}
