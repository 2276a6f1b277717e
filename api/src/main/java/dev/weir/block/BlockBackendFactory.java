package dev.weir.block;

import java.io.IOException;
import java.util.List;
import java.util.Map;
import org.osgi.annotation.versioning.ConsumerType;

/**
 * Opens backends of one type. A bundle that brings a type of backend registers one of these as a service;
 * when the service goes, the engine closes every backend that it opened with it.
 *
 * <p>Thread-safe.
 */
@ConsumerType
public interface BlockBackendFactory {

    /** {@return the name by which a configuration asks for this type, for example {@code file}} */
    String type();

    /** {@return every option that {@link #open} understands; configuration refuses the others} */
    List<BackendOption> options();

    /**
     * Opens the storage of one drive. May take as long as it needs: it runs on no thread that serves I/O.
     *
     * @param drive the drive's name, for messages
     * @param options value by name of option, each of the type that its {@link BackendOption.Kind} says
     * @param readOnly whether the drive is read-only: nothing will be written or created
     * @return the open backend
     * @throws IOException if it cannot be opened as asked; the message names the thing, the value and the rule
     */
    BlockBackend open(String drive, Map<String, Object> options, boolean readOnly) throws IOException;
}
