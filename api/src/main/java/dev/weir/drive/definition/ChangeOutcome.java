package dev.weir.drive.definition;

import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * Outcome of an applied change.
 *
 * <p>Immutable.
 *
 * @param definition definition after the change; null after a removal
 * @param changes applied changes: {@code added drive vm1}, {@code changed group tenant-a}; empty if nothing differs
 * @param warnings one line for each setting of the drive or group that is valid but probably a mistake, and one if
 *     the drive does not serve now
 */
public record ChangeOutcome(@Nullable Definition definition, List<String> changes, List<String> warnings) {

    /**
     * Copies the lists.
     *
     * @param definition definition after the change; null after a removal
     * @param changes applied changes
     * @param warnings one line for each probable mistake
     */
    public ChangeOutcome {
        changes = List.copyOf(changes);
        warnings = List.copyOf(warnings);
    }
}
