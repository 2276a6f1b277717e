package dev.weir.engine;

import java.util.Map;

/** The registry for the engine's services: the OSGi registry or a test. Thread-safe. */
public interface Publisher {

    /** A registered service. */
    interface Publication {
        void update(Map<String, ?> properties);

        void withdraw();
    }

    <S> Publication publish(Class<S> type, S service, Map<String, ?> properties);
}
