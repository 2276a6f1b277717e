package dev.weir.engine;

import dev.weir.drive.GroupSettings;
import java.util.Map;
import org.osgi.service.component.annotations.Activate;
import org.osgi.service.component.annotations.Component;
import org.osgi.service.component.annotations.ConfigurationPolicy;
import org.osgi.service.component.annotations.Deactivate;
import org.osgi.service.component.annotations.Modified;
import org.osgi.service.component.annotations.Reference;

/** One group's configuration in Configuration Admin, told to the engine. */
@Component(
        service = {},
        immediate = true,
        configurationPid = GroupSettings.PID,
        configurationPolicy = ConfigurationPolicy.REQUIRE)
public final class GroupComponent {
    private final Engine engine;
    private String name;

    @Activate
    public GroupComponent(@Reference EngineComponent engine, Map<String, Object> properties) {
        this.engine = engine.engine();
        GroupSettings settings = GroupSettings.of(properties);
        this.name = settings.name();
        this.engine.configure(settings);
    }

    @Modified
    void configure(Map<String, Object> properties) {
        GroupSettings settings = GroupSettings.of(properties);
        if (!settings.name().equals(name)) {
            engine.removeGroup(name);
            name = settings.name();
        }
        engine.configure(settings);
    }

    @Deactivate
    void remove() {
        engine.removeGroup(name);
    }
}
