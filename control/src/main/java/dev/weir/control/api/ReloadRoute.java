package dev.weir.control.api;

import dev.weir.control.route.ApiAnswer;
import dev.weir.control.route.ApiRequest;
import dev.weir.control.route.Fields;
import dev.weir.control.route.JsonBody;
import dev.weir.control.route.Problem;
import dev.weir.control.route.Route;
import dev.weir.control.route.Route.Answer;
import dev.weir.control.route.Route.Body;
import dev.weir.drive.definition.RefusedChangeException;
import dev.weir.view.Json;
import dev.weir.view.reload.RefusedReloadException;
import dev.weir.view.reload.Reload;
import dev.weir.view.system.ReloadView;
import java.util.List;
import java.util.Map;

/** The operation that reads the configuration again. */
final class ReloadRoute {
    private static final String RESTORE = "restore";

    private final Installation weir;

    ReloadRoute(Installation weir) {
        this.weir = weir;
    }

    Route route() {
        return new Route(
                        "POST",
                        "/v1/reload",
                        "reload",
                        "Reads the configuration again and applies the differences. Errors reject it as a whole.",
                        Answer.one(ReloadView.class, "the applied changes"),
                        this::reload)
                .with(new Body(
                        Map.of(RESTORE, "true to revert all changes by commands that were not saved"),
                        false,
                        "{\"restore\":false}"));
    }

    private ApiAnswer reload(ApiRequest request, Map<String, String> path) {
        boolean restores = Fields.flag(JsonBody.fields(request.body(), List.of(RESTORE)), RESTORE);
        ChangeLog.add(request, "reloads the configuration");
        try {
            ReloadView view = new Reload(weir, line -> ChangeLog.add(request, line)).run(restores);
            return ApiAnswer.json(200, Json.text(view));
        } catch (RefusedReloadException e) {
            throw Problem.ofLines(422, String.valueOf(e.getMessage()), e.faults());
        } catch (RefusedChangeException e) {
            throw DefinitionRoutes.refused(e);
        }
    }
}
