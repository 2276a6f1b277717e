package dev.weir.engine.osgi;

import dev.weir.drive.settings.GroupSettings;
import dev.weir.engine.Engine;
import java.util.Map;
import org.osgi.framework.Constants;
import org.osgi.service.cm.ManagedServiceFactory;
import org.osgi.service.component.annotations.Activate;
import org.osgi.service.component.annotations.Component;
import org.osgi.service.component.annotations.Reference;

/** The groups' configurations in Configuration Admin, told to the engine. */
@Component(
        service = ManagedServiceFactory.class,
        property = Constants.SERVICE_PID + "=" + GroupSettings.PID,
        immediate = true)
public final class GroupConfigurationListener extends FactoryConfigurations<GroupSettings> {
    private final Engine engine;

    @Activate
    public GroupConfigurationListener(@Reference EngineComponent engine) {
        this.engine = engine.engine();
    }

    @Override
    public String getName() {
        return "Weir groups";
    }

    @Override
    GroupSettings read(Map<String, ?> properties) {
        return GroupSettings.of(properties);
    }

    @Override
    String nameOf(GroupSettings settings) {
        return settings.name();
    }

    @Override
    void set(GroupSettings settings) {
        engine.configure(settings);
    }

    @Override
    void remove(String name) {
        engine.removeGroup(name);
    }
}
