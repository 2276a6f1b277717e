package dev.weir.control.api;

import dev.weir.control.route.ApiAnswer;
import dev.weir.control.route.ApiRequest;
import dev.weir.control.route.Fields;
import dev.weir.control.route.JsonBody;
import dev.weir.control.route.Problem;
import dev.weir.control.route.Route;
import dev.weir.control.route.Route.Answer;
import dev.weir.control.route.Route.Body;
import dev.weir.control.route.Route.Parameter;
import dev.weir.control.route.Router;
import dev.weir.drive.control.DriveControl;
import dev.weir.drive.control.GroupControl;
import dev.weir.drive.definition.ChangeOutcome;
import dev.weir.drive.definition.Definition;
import dev.weir.drive.definition.Definition.Kind;
import dev.weir.drive.definition.DefinitionChange;
import dev.weir.drive.definition.DefinitionChange.Action;
import dev.weir.drive.definition.DefinitionFault;
import dev.weir.drive.definition.Definitions;
import dev.weir.drive.definition.RefusedChangeException;
import dev.weir.drive.definition.RefusedChangeException.Reason;
import dev.weir.view.Json;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/** Operations on the definitions of drives and groups. */
final class DefinitionRoutes {
    private static final String NAME = "name";
    private static final Parameter DRY_RUN =
            Parameter.flag("dry-run", "true to check the change only; the answer has the HOCON");
    private static final Parameter TEMPORARY =
            Parameter.flag("temporary", "true for a change that lasts until the end of Weir");

    /**
     * A definition and the changes that an operation has made.
     *
     * @param kind {@code drive} or {@code group}
     * @param name its name
     * @param hocon the settings of its block, as in a file
     * @param origin {@code operator} (the file or the command line), {@code saved} or {@code temporary}
     * @param place the place of the block: {@code weir.d/drive-vm1.conf}
     * @param changes the applied changes: {@code added drive vm1}; empty if nothing differs
     * @param warnings one line for each setting that is valid but probably a mistake, and one if the drive does not
     *     serve
     */
    record DefinitionView(
            String kind,
            String name,
            String hocon,
            String origin,
            String place,
            List<String> changes,
            List<String> warnings) {
        static DefinitionView of(Definition definition, List<String> changes, List<String> warnings) {
            return new DefinitionView(
                    definition.kind().word(),
                    definition.name(),
                    definition.hocon(),
                    definition.origin().name().toLowerCase(Locale.ROOT),
                    definition.place(),
                    changes,
                    warnings);
        }
    }

    private final Installation weir;
    private final Kind kind;

    DefinitionRoutes(Installation weir, Kind kind) {
        this.weir = weir;
        this.kind = kind;
    }

    List<Route> all() {
        String word = kind.word();
        String id = kind == Kind.DRIVE ? "Drive" : "Group";
        String path = "/v1/" + kind.block() + "/{name}";
        Answer answer = Answer.one(DefinitionView.class, "the definition after the change");
        List<Route> routes = new ArrayList<>();
        routes.add(new Route(
                "GET",
                path + "/definition",
                "get" + id + "Definition",
                "Shows the settings of a " + word + " as HOCON.",
                Answer.one(DefinitionView.class, "the definition"),
                this::show));
        routes.add(new Route(
                        "PUT",
                        path,
                        "put" + id,
                        "Creates a " + word + ", or replaces all its settings. Repeating it changes nothing.",
                        answer,
                        Actions.alone((request, names) -> change(request, names, put(request, name(names)))))
                .with(body())
                .with(DRY_RUN, TEMPORARY));
        routes.add(new Route(
                        "PATCH",
                        path,
                        "patch" + id,
                        "Changes some settings of a " + word + " for good, by a merge patch (RFC 7396).",
                        answer,
                        Actions.alone((request, names) ->
                                change(request, names, DefinitionChange.set(kind, name(names), fields(request)))))
                .with(new Body(body().fields(), true, "{\"limits\":{\"iops\":700}}"))
                .with(DRY_RUN, TEMPORARY));
        routes.add(new Route(
                        "POST",
                        path + "/rename",
                        "rename" + id,
                        "Gives a " + word + " another name.",
                        answer,
                        Actions.alone((request, names) -> change(
                                request,
                                names,
                                DefinitionChange.rename(
                                        kind,
                                        name(names),
                                        Fields.text(JsonBody.fields(request.body(), List.of(NAME)), NAME)))))
                .with(new Body(Map.of(NAME, "the new name"), false, "{\"name\":\"renamed\"}"))
                .with(DRY_RUN));
        Route delete = new Route(
                "DELETE",
                path,
                "delete" + id,
                kind == Kind.DRIVE
                        ? "Removes a drive. Its storage stays unless delete-storage is its name."
                        : "Removes a group that no drive and no other group uses.",
                Answer.none("the " + word + " is removed"),
                Actions.alone(this::delete));
        routes.add(
                kind == Kind.DRIVE
                        ? delete.with(
                                DRY_RUN,
                                new Parameter("delete-storage", "the name of the drive again, to delete its image too"))
                        : delete.with(DRY_RUN));
        return routes;
    }

    private Body body() {
        Map<String, String> fields = kind == Kind.DRIVE
                ? DriveChanges.ordered(
                        "backend", "type and options: {\"type\":\"file\",\"path\":\"vm1.img\",\"size\":\"10GiB\"}",
                        "limits", "limits by key",
                        "policy", "the throttle policy",
                        "group", "the group whose limits it shares",
                        "faults", "faults by name")
                : DriveChanges.ordered(
                        "limits", "limits by key",
                        "policy", "the throttle policy",
                        "parent", "the group whose limits apply too",
                        "weight", "the part of the parent's limits beside other members");
        String example = kind == Kind.DRIVE
                ? "{\"backend\":{\"type\":\"memory\",\"size\":\"64MiB\"},\"limits\":{\"bps\":\"10MiB\"}}"
                : "{\"limits\":{\"iops\":\"5k\"}}";
        return new Body(fields, true, example);
    }

    private static String name(Map<String, String> path) {
        return path.getOrDefault(NAME, "");
    }

    private static Map<String, @Nullable Object> fields(ApiRequest request) {
        return JsonBody.fields(request.body());
    }

    /** Returns the change of a PUT, which {@code If-None-Match: *} restricts to a new definition. */
    private DefinitionChange put(ApiRequest request, String name) {
        return request.ifNoneMatch() == null
                ? DefinitionChange.put(kind, name, fields(request))
                : DefinitionChange.add(kind, name, fields(request));
    }

    private Definitions definitions() {
        Definitions definitions = weir.definitions();
        if (definitions == null) {
            throw new Problem(503, "no bundle keeps definitions: weir-config is not running");
        }
        return definitions;
    }

    private ApiAnswer show(ApiRequest request, Map<String, String> path) {
        Definition found = definitions().find(kind, name(path));
        if (found == null) {
            throw new Problem(404, "no %s \"%s\" is defined".formatted(kind.word(), Router.shown(name(path))));
        }
        return answer(200, found, List.of(), List.of());
    }

    private ApiAnswer answer(int status, Definition definition, List<String> changes, List<String> warnings) {
        ApiAnswer answer = ApiAnswer.json(status, Json.text(DefinitionView.of(definition, changes, warnings)));
        String etag = etag(definition.name());
        return etag == null ? answer : answer.withEtag(etag);
    }

    /** Returns the version of the running drive or group; null if it does not run. */
    private @Nullable String etag(String name) {
        if (kind == Kind.DRIVE) {
            DriveControl drive = weir.drive(name);
            return drive == null ? null : Etag.of(drive);
        }
        return weir.groups().stream()
                .filter(group -> group.name().equals(name))
                .map((GroupControl group) -> Etag.of(group))
                .findFirst()
                .orElse(null);
    }

    private ApiAnswer change(ApiRequest request, Map<String, String> path, DefinitionChange wanted) {
        ChangeOutcome outcome = apply(request, name(path), flagged(request, wanted));
        Definition after = outcome.definition();
        if (after == null) {
            throw new Problem(503, "the definition has gone meanwhile");
        }
        return answer(200, after, outcome.changes(), outcome.warnings());
    }

    private ApiAnswer delete(ApiRequest request, Map<String, String> path) {
        JsonBody.fields(request.body(), List.of());
        DefinitionChange wanted = flagged(request, DefinitionChange.remove(kind, name(path)));
        String storage = request.query().get("delete-storage");
        if (storage != null && !storage.equals(name(path))) {
            throw new Problem(
                    400,
                    "delete-storage = %s: must be the name of the drive, %s"
                            .formatted(Router.shown(storage), name(path)));
        }
        apply(request, name(path), storage == null ? wanted : wanted.withStorage());
        return ApiAnswer.none();
    }

    private static DefinitionChange flagged(ApiRequest request, DefinitionChange wanted) {
        DefinitionChange change = DRY_RUN.isSet(request) ? wanted.dryRun() : wanted;
        return TEMPORARY.isSet(request) ? change.temporary() : change;
    }

    private ChangeOutcome apply(ApiRequest request, String name, DefinitionChange wanted) {
        Definitions definitions = definitions();
        DefinitionChange change = wanted;
        checkNew(request, wanted);
        if (request.ifMatch() != null) {
            // read before the check, so that a change between the two is found
            Definition before = definitions.find(kind, name);
            String current = etag(name);
            if (before == null && current == null) {
                throw new Problem(412, "If-Match: there is no %s \"%s\"".formatted(kind.word(), Router.shown(name)));
            }
            Etag.check(request.ifMatch(), current == null ? "none" : current);
            change = before == null ? change : change.ifVersion(before.version());
        }
        try {
            ChangeOutcome outcome = definitions.change(change);
            outcome.changes().forEach(each -> ChangeLog.add(request, each));
            return outcome;
        } catch (RefusedChangeException e) {
            if (e.reason() == Reason.EXISTS && change.action() == Action.ADD) {
                throw new Problem(
                        412, "If-None-Match: the %s \"%s\" exists".formatted(kind.word(), Router.shown(name)));
            }
            throw refused(e);
        }
    }

    private static void checkNew(ApiRequest request, DefinitionChange wanted) {
        String tag = request.ifNoneMatch();
        if (tag != null && (wanted.action() != Action.ADD || !tag.strip().equals("*"))) {
            throw new Problem(
                    400, "If-None-Match = %s: must be *, which lets PUT only create".formatted(Router.shown(tag)));
        }
    }

    /** Returns the problem of a refused change. It lists each broken rule. */
    static Problem refused(RefusedChangeException refusal) {
        int status =
                switch (refusal.reason()) {
                    case ABSENT -> 404;
                    case EXISTS, OPERATOR -> 409;
                    case OUTDATED -> 412;
                    case INVALID -> 422;
                    case FAILED -> 503;
                };
        List<Problem.BrokenRule> rules = refusal.faults().stream()
                .map(fault -> new Problem.BrokenRule(
                        fault.file().isEmpty() ? null : fault.file(),
                        fault.line(),
                        fault.key(),
                        fault.value(),
                        fault.rule()))
                .toList();
        String detail = refusal.faults().stream().map(DefinitionFault::toString).collect(Collectors.joining("; "));
        return new Problem(status, detail, rules, Map.of());
    }
}
