package dev.weir.engine;

import dev.weir.drive.DriveSettings;
import java.util.Map;
import org.osgi.service.component.annotations.Activate;
import org.osgi.service.component.annotations.Component;
import org.osgi.service.component.annotations.ConfigurationPolicy;
import org.osgi.service.component.annotations.Deactivate;
import org.osgi.service.component.annotations.Modified;
import org.osgi.service.component.annotations.Reference;

/** One drive's configuration in Configuration Admin, told to the engine. */
@Component(
        service = {},
        immediate = true,
        configurationPid = DriveSettings.PID,
        configurationPolicy = ConfigurationPolicy.REQUIRE)
public final class DriveComponent {
    private final Engine engine;
    private String name;

    @Activate
    public DriveComponent(@Reference EngineComponent engine, Map<String, Object> properties) {
        this.engine = engine.engine();
        DriveSettings settings = DriveSettings.of(properties);
        this.name = settings.name();
        this.engine.configure(settings);
    }

    @Modified
    void configure(Map<String, Object> properties) {
        DriveSettings settings = DriveSettings.of(properties);
        if (!settings.name().equals(name)) {
            engine.removeDrive(name);
            name = settings.name();
        }
        engine.configure(settings);
    }

    @Deactivate
    void remove() {
        engine.removeDrive(name);
    }
}
