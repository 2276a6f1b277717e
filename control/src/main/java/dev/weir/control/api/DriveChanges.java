package dev.weir.control.api;

import dev.weir.block.BlockOption;
import dev.weir.control.route.ApiAnswer;
import dev.weir.control.route.ApiRequest;
import dev.weir.control.route.Fields;
import dev.weir.control.route.JsonBody;
import dev.weir.control.route.Problem;
import dev.weir.control.route.Route;
import dev.weir.control.route.Route.Answer;
import dev.weir.control.route.Route.Body;
import dev.weir.drive.control.DriveControl;
import dev.weir.drive.control.DriveSnapshot;
import dev.weir.throttle.Share;
import dev.weir.throttle.ThrottleLimits;
import dev.weir.unit.Measure;
import dev.weir.view.DriveView;
import dev.weir.view.Json;
import dev.weir.view.LimitsView;
import dev.weir.view.LiveChanges;
import dev.weir.view.source.Views;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;

/** Operations that change a running drive until a reload with {@code restore}, a restart or a new value in the file. */
final class DriveChanges {
    private static final String POLICY = "policy";
    private static final String SIZE = "size";
    private static final String SHRINK = "shrink";
    private static final long RESIZE_NANOS = TimeUnit.SECONDS.toNanos(60);
    private static final long OPEN_NANOS = TimeUnit.SECONDS.toNanos(5);

    private final Installation weir;
    private final Views views;

    DriveChanges(Installation weir, Views views) {
        this.weir = weir;
        this.views = views;
    }

    List<Route> all() {
        return List.of(
                new Route(
                                "PATCH",
                                "/v1/drives/{name}/limits",
                                "changeDriveLimits",
                                "Changes the given limits and keeps the others; 0 or null removes one.",
                                Answer.one(LimitsView.class, "the limits after the change"),
                                Actions.alone(this::limits))
                        .with(limitsBody()),
                new Route(
                                "PATCH",
                                "/v1/drives/{name}/share",
                                "changeDriveShare",
                                "Changes the share of a drive in its group: the weight and the minima.",
                                Answer.one(DriveView.class, "the drive after the change"),
                                Actions.alone(this::share))
                        .with(ShareFields.body()),
                new Route(
                                "PUT",
                                "/v1/drives/{name}/policy",
                                "changeDrivePolicy",
                                "Changes the throttle policy and keeps the debt.",
                                Answer.one(DriveView.class, "the drive after the change"),
                                Actions.alone(this::policy))
                        .with(new Body(Map.of(POLICY, "an installed policy type"), false, "{\"policy\":\"slice\"}")),
                new Route(
                                "POST",
                                "/v1/drives/{name}/resize",
                                "resizeDrive",
                                "Changes the size of a drive while it is used.",
                                Answer.one(DriveView.class, "the drive with its new size"),
                                Actions.waiting(this::resize))
                        .with(new Body(
                                ordered(
                                        SIZE,
                                        "the new size: bytes or a text such as \"20GiB\"",
                                        SHRINK,
                                        "permits a smaller size; the bytes beyond it are lost"),
                                false,
                                "{\"size\":\"2MiB\"}")),
                new Route(
                        "POST",
                        "/v1/drives/{name}/reopen",
                        "reopenDrive",
                        "Checks the storage of a drive now and opens it again if it is lost.",
                        Answer.one(DriveView.class, "the drive"),
                        Actions.waiting(this::reopen)),
                new Route(
                                "POST",
                                "/v1/drives/{name}/drain",
                                "drainDrive",
                                "Lifts the limits of a drive until it is idle.",
                                Answer.one(DriveView.class, "the drive, which was idle"),
                                Actions.waiting(this::drain))
                        .with(Drain.body()));
    }

    /** Returns fields with their meanings in the given order. */
    static Map<String, String> ordered(String... words) {
        Map<String, String> fields = new LinkedHashMap<>();
        for (int i = 0; i < words.length; i += 2) {
            fields.put(words[i], words[i + 1]);
        }
        return fields;
    }

    /** Returns the body of a change of limits. */
    static Body limitsBody() {
        Map<String, String> fields = new LinkedHashMap<>();
        ThrottleLimits.keys().forEach(key -> fields.put(key, "a number, or a text with a unit such as \"10MiB\""));
        return new Body(fields, false, "{\"bps\":\"20MiB\",\"iops\":500}");
    }

    private DriveControl drive(ApiRequest request, Map<String, String> path) {
        DriveControl drive = Found.drive(weir, path);
        unchanged(request, drive);
        return drive;
    }

    /** Returns the state of a drive after the check of {@code If-Match}. */
    private static DriveSnapshot unchanged(ApiRequest request, DriveControl drive) {
        DriveSnapshot now = drive.snapshot();
        Etag.check(request.ifMatch(), Etag.of(drive, now));
        return now;
    }

    private ApiAnswer shown(DriveControl drive) {
        return ApiAnswer.json(200, Json.text(views.drive(drive))).withEtag(Etag.of(drive));
    }

    private ApiAnswer limits(ApiRequest request, Map<String, String> path) {
        DriveControl drive = Found.drive(weir, path);
        Map<String, Long> changes = Fields.limits(JsonBody.fields(request.body()), ThrottleLimits.keys(), "");
        ChangeLog.add(request, drive.exclusively(() -> {
            DriveSnapshot now = unchanged(request, drive);
            ThrottleLimits after = now.limits().changed(changes, now.settings().limits());
            drive.change(after, now.share());
            return "changed the limits of drive %s from %s to %s"
                    .formatted(drive.name(), LiveChanges.text(now.limits().toMap()), LiveChanges.text(after.toMap()));
        }));
        return ApiAnswer.json(200, Json.text(views.limits(drive))).withEtag(Etag.of(drive));
    }

    private ApiAnswer share(ApiRequest request, Map<String, String> path) {
        DriveControl drive = Found.drive(weir, path);
        Map<String, Object> fields = JsonBody.fields(request.body(), List.of(ShareFields.WEIGHT, ShareFields.MIN));
        ChangeLog.add(request, drive.exclusively(() -> {
            DriveSnapshot now = unchanged(request, drive);
            Share share = ShareFields.changed(now.share(), fields);
            drive.change(now.limits(), share);
            return "changed the share of drive %s from %s to %s"
                    .formatted(drive.name(), now.share().toMap(), share.toMap());
        }));
        return shown(drive);
    }

    private ApiAnswer policy(ApiRequest request, Map<String, String> path) {
        DriveControl drive = Found.drive(weir, path);
        String type = policyType(weir, request);
        ChangeLog.add(request, drive.exclusively(() -> {
            String before = unchanged(request, drive).policy();
            drive.policy(type);
            return "changed the policy of drive %s from %s to %s".formatted(drive.name(), before, type);
        }));
        return shown(drive);
    }

    /** Returns the policy type of a body. */
    static String policyType(Installation weir, ApiRequest request) {
        String type = Fields.text(JsonBody.fields(request.body(), List.of(POLICY)), POLICY);
        if (!weir.policyTypes().contains(type)) {
            throw Fields.refused(POLICY, type, "is not installed; there are " + String.join(", ", weir.policyTypes()));
        }
        return type;
    }

    private ApiAnswer resize(ApiRequest request, Map<String, String> path) {
        DriveControl drive = drive(request, path);
        Map<String, Object> fields = JsonBody.fields(request.body(), List.of(SIZE, SHRINK));
        if (!fields.containsKey(SIZE)) {
            throw new Problem(422, "size is missing");
        }
        long size = Fields.limit("", BlockOption.SIZE, fields.get(SIZE));
        long before = drive.snapshot().size();
        boolean mayShrink = Fields.flag(fields, SHRINK);
        if (size < before && !mayShrink) {
            throw Fields.refused(
                    SIZE,
                    Measure.sizeText(size),
                    "is less than the %s of drive %s, and the bytes beyond it would be lost; shrink permits that"
                            .formatted(Measure.sizeText(before), drive.name()));
        }
        Awaited.of(drive.resize(size, mayShrink), "the resize of drive " + drive.name(), RESIZE_NANOS);
        ChangeLog.add(
                request,
                "resized drive %s from %s to %s"
                        .formatted(drive.name(), Measure.sizeText(before), Measure.sizeText(size)));
        return shown(drive);
    }

    private ApiAnswer reopen(ApiRequest request, Map<String, String> path) {
        DriveControl drive = drive(request, path);
        JsonBody.fields(request.body(), List.of());
        Awaited.of(drive.reopen(), "the opening of drive " + drive.name(), OPEN_NANOS);
        DriveSnapshot after = drive.snapshot();
        if (after.state() == DriveSnapshot.State.UNAVAILABLE) {
            throw new Problem(503, "drive %s is unavailable: %s".formatted(drive.name(), after.reason()));
        }
        return shown(drive);
    }

    private ApiAnswer drain(ApiRequest request, Map<String, String> path) {
        DriveControl drive = drive(request, path);
        Drain.run(List.of(drive), request);
        ChangeLog.add(request, "drained drive " + drive.name());
        return shown(drive);
    }
}
