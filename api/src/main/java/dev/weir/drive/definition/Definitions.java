package dev.weir.drive.definition;

import dev.weir.drive.definition.Definition.Kind;
import java.util.List;
import org.jspecify.annotations.Nullable;
import org.osgi.annotation.versioning.ProviderType;

/**
 * The definitions of all drives and groups. A change lasts: it is kept in a file of {@code weir.d} in the home. The
 * definitions of the operator's file and of the command line are only shown.
 *
 * <p>Thread-safe.
 */
@ProviderType
public interface Definitions {

    /**
     * {@return all definitions of a kind by name}
     *
     * @param kind drives or groups
     */
    List<Definition> list(Kind kind);

    /**
     * {@return a definition; null if no such drive or group is defined}
     *
     * @param kind drive or group
     * @param name its name
     */
    @Nullable
    Definition find(Kind kind, String name);

    /**
     * Changes a definition. The change is checked together with the whole configuration, written and then applied. A
     * file is replaced atomically: after a crash it is the old or the new one. Returns when the engine has the change
     * and a new drive has been opened or its opening has failed, at the latest after 40 seconds.
     *
     * @param change the change
     * @return the outcome
     * @throws RefusedChangeException if the change is refused; nothing has changed then
     */
    ChangeOutcome change(DefinitionChange change) throws RefusedChangeException;

    /**
     * Undoes all {@linkplain DefinitionChange#isTemporary temporary} changes: the definitions of the files apply.
     *
     * @return the applied changes
     * @throws RefusedChangeException if the files have faults; nothing has changed then
     */
    ChangeOutcome restore() throws RefusedChangeException;

    /** {@return the drives and groups with temporary changes: {@code drive vm1}} */
    List<String> temporary();
}
