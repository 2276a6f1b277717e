package dev.weir.control.api;

import dev.weir.control.route.OpenApi;
import dev.weir.control.route.Route;
import dev.weir.control.route.Route.Parameter;
import dev.weir.control.route.Router;
import dev.weir.drive.definition.Definition;
import dev.weir.view.source.Views;
import java.util.ArrayList;
import java.util.List;

/** The operations of the API. */
public final class Api {
    /** The parameter of {@code /v1/events} for samples of the drives. */
    public static final Parameter SAMPLES =
            Parameter.flag("samples", "true to stream the state of changed drives each second");

    private Api() {}

    /**
     * Returns a router of all operations.
     *
     * @param version the version of Weir
     */
    public static Router router(Installation weir, String version) {
        return new Router(OpenApi.withItself(routes(weir), version));
    }

    static List<Route> routes(Installation weir) {
        Views views = new Views(weir);
        List<Route> routes = new ArrayList<>();
        routes.addAll(new SystemRoutes(weir).all());
        routes.add(new ReloadRoute(weir).route());
        routes.addAll(new ClusterRoutes(weir).all());
        routes.addAll(new DriveRoutes(weir, views).all());
        routes.addAll(new DefinitionRoutes(weir, Definition.Kind.DRIVE).all());
        routes.addAll(new DriveChanges(weir, views).all());
        routes.addAll(new FaultChanges(weir).all());
        routes.addAll(new GroupRoutes(weir, views).all());
        routes.addAll(new DefinitionRoutes(weir, Definition.Kind.GROUP).all());
        routes.addAll(new GroupChanges(weir, views).all());
        return routes;
    }
}
