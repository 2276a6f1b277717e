package dev.weir.engine.osgi;

import dev.weir.drive.settings.DriveSettings;
import dev.weir.engine.Engine;
import java.util.Map;
import org.osgi.framework.Constants;
import org.osgi.service.cm.ManagedServiceFactory;
import org.osgi.service.component.annotations.Activate;
import org.osgi.service.component.annotations.Component;
import org.osgi.service.component.annotations.Reference;

/** Passes the drives' configurations from Configuration Admin to the engine. */
@Component(
        service = ManagedServiceFactory.class,
        property = Constants.SERVICE_PID + "=" + DriveSettings.PID,
        immediate = true)
public final class DriveConfigurationListener extends FactoryConfigurations<DriveSettings> {
    private final Engine engine;

    @Activate
    public DriveConfigurationListener(@Reference EngineComponent engine) {
        this.engine = engine.engine();
    }

    @Override
    public String getName() {
        return "Weir drives";
    }

    @Override
    DriveSettings read(Map<String, ?> properties) {
        return DriveSettings.of(properties);
    }

    @Override
    String nameOf(DriveSettings settings) {
        return settings.name();
    }

    @Override
    void set(DriveSettings settings) {
        engine.configure(settings);
    }

    @Override
    void remove(String name) {
        engine.removeDrive(name);
    }
}
