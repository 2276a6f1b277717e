package dev.weir.engine.osgi;

import java.util.Dictionary;
import java.util.HashMap;
import java.util.Map;
import org.osgi.framework.FrameworkUtil;
import org.osgi.service.cm.ConfigurationException;
import org.osgi.service.cm.ManagedServiceFactory;

/**
 * Passes all factory configurations of one kind to the engine. Configuration Admin delivers each configuration once
 * when it is set. Ten thousand drives therefore take ten thousand steps. With one component for each configuration
 * Declarative Services would list all of them for each one.
 *
 * <p>The components are immediate because Configuration Admin releases the service after each call. Declarative
 * Services would then drop the instance of a delayed component together with its names by PID.
 *
 * <p>Configuration Admin calls this from one thread at a time.
 *
 * @param <S> the type of the settings
 */
abstract class FactoryConfigurations<S> implements ManagedServiceFactory {

    /** The name of the drive or group of each configuration by PID. */
    private final Map<String, String> names = new HashMap<>();

    /**
     * Returns the settings in the properties.
     *
     * @throws IllegalArgumentException if a property is missing, of the wrong type or out of range
     */
    abstract S read(Map<String, ?> properties);

    abstract String nameOf(S settings);

    abstract void set(S settings);

    abstract void remove(String name);

    @Override
    public void updated(String pid, Dictionary<String, ?> properties) throws ConfigurationException {
        S settings;
        try {
            settings = read(FrameworkUtil.asMap(properties));
        } catch (IllegalArgumentException e) {
            throw new ConfigurationException(null, pid + ": " + e.getMessage(), e);
        }
        String before = names.put(pid, nameOf(settings));
        if (before != null && !before.equals(nameOf(settings))) {
            remove(before);
        }
        set(settings);
    }

    @Override
    public void deleted(String pid) {
        String name = names.remove(pid);
        if (name != null) {
            remove(name);
        }
    }
}
