package dev.weir.cluster.look;

import dev.weir.drive.definition.Definition.Kind;
import dev.weir.drive.definition.DefinitionChange;
import dev.weir.drive.definition.Definitions;
import dev.weir.drive.definition.RefusedChangeException;
import dev.weir.log.FailureText;
import dev.weir.throttle.ThrottleLimits;
import java.util.LinkedHashMap;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** Saves limits of groups on this host. Thread-safe. */
public final class SavedLimits {
    private volatile @Nullable Definitions definitions;

    /** Saves by these definitions from now on; null for none. */
    public void definitions(@Nullable Definitions newDefinitions) {
        definitions = newDefinitions;
    }

    /**
     * Saves the limits of a group in place of all its limits before. Blocks until they are written.
     *
     * @param limits the limits by key
     * @param isCheck whether to check the change only
     * @return the reason why they cannot be saved; empty if they can
     */
    public String save(String group, Map<String, Long> limits, boolean isCheck) {
        Definitions current = definitions;
        if (current == null) {
            return "the configuration has not been read yet";
        }
        Map<String, @Nullable Object> settings = new LinkedHashMap<>();
        ThrottleLimits.keys().forEach(key -> settings.put("limits." + key, limits.get(key)));
        DefinitionChange change = DefinitionChange.set(Kind.GROUP, group, settings);
        try {
            current.change(isCheck ? change.dryRun() : change);
            return "";
        } catch (RefusedChangeException e) {
            return String.valueOf(e.getMessage());
        } catch (RuntimeException e) {
            return FailureText.of(e);
        }
    }
}
