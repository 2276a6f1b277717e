package dev.weir.engine;

import java.util.Map;

/** Where the engine puts up its services: the OSGi registry, or a test. Thread-safe. */
public interface Publisher {

    /** A service that is up. */
    interface Publication {
        void update(Map<String, ?> properties);

        void withdraw();
    }

    <S> Publication publish(Class<S> type, S service, Map<String, ?> properties);
}
