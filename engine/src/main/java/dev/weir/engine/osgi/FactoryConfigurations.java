package dev.weir.engine.osgi;

import java.util.Dictionary;
import java.util.HashMap;
import java.util.Map;
import org.osgi.framework.FrameworkUtil;
import org.osgi.service.cm.ConfigurationException;
import org.osgi.service.cm.ManagedServiceFactory;

/**
 * Tells the engine of all factory configurations of one kind. Configuration Admin hands each over once, when it is set,
 * so ten thousand take ten thousand steps; one component a configuration would make Declarative Services list all of
 * them for each.
 *
 * <p>Its components are immediate. Configuration Admin gives a service back after each call; of a delayed component
 * Declarative Services would then drop the instance, and with it the names by PID.
 *
 * <p>Called by one thread of Configuration Admin at a time.
 *
 * @param <S> what a configuration of this kind says
 */
abstract class FactoryConfigurations<S> implements ManagedServiceFactory {

    /** What each configuration is the settings of, by its PID. */
    private final Map<String, String> names = new HashMap<>();

    /**
     * Returns what the properties say.
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
