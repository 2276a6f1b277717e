package dev.weir.control.api;

import dev.weir.control.route.ApiAnswer;
import dev.weir.control.route.ApiRequest;
import dev.weir.control.route.Problem;
import dev.weir.control.route.Route;
import dev.weir.control.route.Route.Answer;
import dev.weir.control.route.Route.Parameter;
import dev.weir.drive.control.DriveControl;
import dev.weir.drive.control.DriveSnapshot;
import dev.weir.view.DriveView;
import dev.weir.view.FaultView;
import dev.weir.view.HeldView;
import dev.weir.view.Json;
import dev.weir.view.LimitsView;
import dev.weir.view.QueuedView;
import dev.weir.view.TimerView;
import dev.weir.view.source.Views;
import java.util.List;
import java.util.Map;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/** Operations that show drives. */
final class DriveRoutes {
    private static final Parameter DRIVE = new Parameter("drive", "only this drive");
    private static final Parameter GROUP = new Parameter("group", "only the drives of this group");

    private final Installation weir;
    private final Views views;

    DriveRoutes(Installation weir, Views views) {
        this.weir = weir;
        this.views = views;
    }

    List<Route> all() {
        return List.of(
                get(
                        "/v1/drives",
                        "listDrives",
                        "Lists the drives.",
                        Answer.list(DriveView.class, "all drives"),
                        this::list),
                get(
                                "/v1/drives/{name}",
                                "getDrive",
                                "Shows a drive.",
                                Answer.one(DriveView.class, "the drive; its version is the header ETag"),
                                (request, path) -> {
                                    DriveControl drive = Found.drive(weir, path);
                                    return shown(views.drive(drive), Etag.of(drive));
                                })
                        .with(this::showAtOnce),
                of(
                        "/v1/drives/{name}/limits",
                        "getDriveLimits",
                        "Shows the limits of a drive and its debt.",
                        Answer.one(LimitsView.class, "the limits"),
                        views::limits),
                of(
                        "/v1/drives/{name}/queue",
                        "getDriveQueue",
                        "Lists the waiting requests of a drive in the order of their release.",
                        Answer.list(QueuedView.class, "the waiting requests"),
                        Views::queue),
                of(
                        "/v1/drives/{name}/timers",
                        "getDriveTimers",
                        "Shows the timer of a drive.",
                        Answer.list(TimerView.class, "its timer"),
                        drive -> List.of(TimerView.of(drive.snapshot()))),
                of(
                        "/v1/drives/{name}/faults",
                        "getDriveFaults",
                        "Lists the faults of a drive.",
                        Answer.list(FaultView.class, "its faults"),
                        Views::faults),
                get(
                                "/v1/queue",
                                "getQueue",
                                "Sums up the waiting requests by drive and by limit.",
                                Answer.list(HeldView.class, "the sums"),
                                (request, path) -> ApiAnswer.json(200, Json.text(views.held(chosen(request)))))
                        .with(DRIVE, GROUP),
                get(
                                "/v1/faults",
                                "listFaults",
                                "Lists the faults on purpose.",
                                Answer.list(FaultView.class, "the faults of each drive"),
                                (request, path) -> ApiAnswer.json(
                                        200,
                                        Json.text(chosen(request).stream()
                                                .flatMap(drive -> Views.faults(drive).stream())
                                                .toList())))
                        .with(DRIVE, GROUP),
                get(
                        "/v1/timers",
                        "getTimers",
                        "Lists the timers that release the queues.",
                        Answer.list(TimerView.class, "the timer of each drive"),
                        (request, path) -> ApiAnswer.json(
                                200,
                                Json.text(weir.drives().stream()
                                        .map(DriveControl::snapshot)
                                        .map(TimerView::of)
                                        .toList()))));
    }

    private static Route get(String template, String id, String summary, Answer answer, Route.Action action) {
        return new Route("GET", template, id, summary, answer, action);
    }

    /** Returns an operation that shows a part of one drive. */
    private Route of(String template, String id, String summary, Answer answer, Function<DriveControl, ?> part) {
        return get(template, id, summary, answer, (request, path) -> {
            DriveControl drive = Found.drive(weir, path);
            return ApiAnswer.json(200, Json.text(part.apply(drive))).withEtag(Etag.of(drive));
        });
    }

    /** Returns a drive; null if it is unknown or its rates need a wait. */
    private @Nullable ApiAnswer showAtOnce(Map<String, String> path) {
        DriveControl drive = weir.drive(path.getOrDefault("name", ""));
        if (drive == null) {
            return null;
        }
        DriveSnapshot now = drive.snapshot();
        DriveView view = views.driveAtOnce(drive, now);
        return view == null ? null : shown(view, Etag.of(drive, now));
    }

    private static ApiAnswer shown(DriveView view, String version) {
        return ApiAnswer.json(200, Json.text(view)).withEtag(version);
    }

    private ApiAnswer list(ApiRequest request, Map<String, String> path) {
        return ApiAnswer.json(200, Json.text(views.drives(weir.drives())));
    }

    /** Returns the drives that the parameters of a query select: one drive or those of a group; otherwise all. */
    private List<DriveControl> chosen(ApiRequest request) {
        String drive = request.query().get(DRIVE.name());
        String group = request.query().get(GROUP.name());
        if (drive != null && group != null) {
            throw new Problem(400, "drive and group: only one of them may be given");
        }
        if (drive != null) {
            return List.of(Found.drive(weir, Map.of("name", drive)));
        }
        return group == null ? weir.drives() : Found.members(weir, Map.of("name", group));
    }
}
