package dev.weir.control.api;

import dev.weir.control.route.ApiAnswer;
import dev.weir.control.route.ApiRequest;
import dev.weir.control.route.Fields;
import dev.weir.control.route.JsonBody;
import dev.weir.control.route.Problem;
import dev.weir.control.route.Route;
import dev.weir.control.route.Route.Answer;
import dev.weir.control.route.Route.Body;
import dev.weir.control.route.Router;
import dev.weir.drive.control.DriveControl;
import dev.weir.fault.Fault;
import dev.weir.fault.FaultSettings;
import dev.weir.fault.PowerCut;
import dev.weir.view.FaultView;
import dev.weir.view.Json;
import dev.weir.view.PowerCutView;
import dev.weir.view.source.Views;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;

/** Operations that set and clear the faults of a drive or cut its power. */
final class FaultChanges {
    private static final String FAULT = "fault";
    private static final String ON = "on";
    private static final long BACK_NANOS = TimeUnit.SECONDS.toNanos(30);

    private final Installation weir;

    FaultChanges(Installation weir) {
        this.weir = weir;
    }

    List<Route> all() {
        Answer faults = Answer.list(FaultView.class, "the faults of the drive after the change");
        return List.of(
                new Route(
                                "PUT",
                                "/v1/drives/{name}/faults/power-cut",
                                "recordUnflushed",
                                "Begins or ends the record of unflushed writes, which a power cut can lose.",
                                faults,
                                Actions.alone(this::record))
                        .with(new Body(Map.of(ON, "whether the drive keeps the record"), false, "{\"on\":true}")),
                new Route(
                                "PUT",
                                "/v1/drives/{name}/faults/{fault}",
                                "setFault",
                                "Sets a fault, or replaces the one of its name. The fields are the keys of a fault.",
                                faults,
                                Actions.alone(this::set))
                        .with(new Body(
                                DriveChanges.ordered(
                                        ON,
                                        "a list of operations: read, write, flush, trim, cache …",
                                        "latency",
                                        "a duration, or an object with p50, p99 …",
                                        "error",
                                        "EIO, ENOSPC …",
                                        "percent",
                                        "the part of the requests that it hits"),
                                true,
                                "{\"on\":[\"flush\"],\"latency\":{\"p50\":\"2ms\",\"p99\":\"20ms\"}}")),
                new Route(
                        "DELETE",
                        "/v1/drives/{name}/faults/{fault}",
                        "clearFault",
                        "Clears a fault. The requests that it holds go on.",
                        Answer.none("the fault is cleared"),
                        Actions.alone(this::clear)),
                new Route(
                        "DELETE",
                        "/v1/drives/{name}/faults",
                        "clearFaults",
                        "Clears all faults of a drive.",
                        Answer.none("the faults are cleared"),
                        Actions.alone(this::clearAll)),
                new Route(
                                "POST",
                                "/v1/drives/{name}/power-cut",
                                "cutPower",
                                "Cuts the power of a drive: unflushed writes are lost, clients disconnected.",
                                Answer.one(PowerCutView.class, "the lost writes"),
                                Actions.waiting(this::cut))
                        .with(new Body(
                                DriveChanges.ordered(
                                        "keep", "the writes that survive: none, prefix, random or all",
                                        "tear", "0, 512 or 4096: the unit in which a write can survive in part",
                                        "seed", "a whole number; the same one loses the same writes",
                                        "after", "how long the drive stays off: a duration"),
                                false,
                                "{\"keep\":\"random\",\"seed\":42}")));
    }

    private DriveControl drive(ApiRequest request, Map<String, String> path) {
        DriveControl drive = Found.drive(weir, path);
        Etag.check(request.ifMatch(), Etag.of(drive));
        return drive;
    }

    private static ApiAnswer faults(DriveControl drive) {
        return ApiAnswer.json(200, Json.text(Views.faults(drive))).withEtag(Etag.of(drive));
    }

    private ApiAnswer record(ApiRequest request, Map<String, String> path) {
        DriveControl drive = drive(request, path);
        boolean on = Fields.flag(JsonBody.fields(request.body(), List.of(ON)), ON);
        drive.faults().recordUnflushed(on);
        ChangeLog.add(request, "set %s = %s of drive %s".formatted(FaultSettings.POWER_CUT, on, drive.name()));
        return faults(drive);
    }

    private ApiAnswer set(ApiRequest request, Map<String, String> path) {
        DriveControl drive = drive(request, path);
        String name = path.getOrDefault(FAULT, "");
        Fault fault = Fault.of(name, JsonBody.settings(JsonBody.fields(request.body())));
        drive.faults().set(fault);
        ChangeLog.add(request, "set fault %s of drive %s".formatted(fault, drive.name()));
        return faults(drive);
    }

    private ApiAnswer clear(ApiRequest request, Map<String, String> path) {
        DriveControl drive = drive(request, path);
        String name = path.getOrDefault(FAULT, "");
        if (drive.faults().settings().find(name) == null) {
            throw new Problem(404, "drive %s has no fault \"%s\"".formatted(drive.name(), Router.shown(name)));
        }
        drive.faults().clear(name);
        ChangeLog.add(request, "cleared fault %s of drive %s".formatted(name, drive.name()));
        return ApiAnswer.none();
    }

    private ApiAnswer clearAll(ApiRequest request, Map<String, String> path) {
        DriveControl drive = drive(request, path);
        drive.faults().clear();
        ChangeLog.add(request, "cleared all faults of drive " + drive.name());
        return ApiAnswer.none();
    }

    private ApiAnswer cut(ApiRequest request, Map<String, String> path) {
        DriveControl drive = drive(request, path);
        PowerCut how = PowerCut.of(JsonBody.settings(JsonBody.fields(request.body(), PowerCut.KEYS)));
        ChangeLog.add(request, "cuts the power of drive " + drive.name());
        return ApiAnswer.json(
                200,
                Json.text(PowerCutView.of(
                        drive.name(),
                        Awaited.of(
                                drive.faults().cutPower(how),
                                "the power cut of drive " + drive.name(),
                                how.afterNanos() + BACK_NANOS))));
    }
}
