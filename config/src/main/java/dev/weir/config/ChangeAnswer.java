package dev.weir.config;

import dev.weir.drive.definition.ChangeOutcome;
import dev.weir.drive.definition.DefinitionFault;
import dev.weir.drive.definition.RefusedChangeException;
import dev.weir.drive.definition.RefusedChangeException.Reason;
import java.util.List;
import java.util.concurrent.atomic.AtomicReference;
import org.jspecify.annotations.Nullable;

/** Answer of a change that runs on the configuration thread: its outcome or its refusal. Thread-safe. */
final class ChangeAnswer {

    /** A change. */
    interface Change {

        /** Makes the change. */
        ChangeOutcome make() throws RefusedChangeException;
    }

    private record Answer(@Nullable ChangeOutcome outcome, @Nullable RefusedChangeException refusal) {}

    private final AtomicReference<@Nullable Answer> answer = new AtomicReference<>();

    /** Makes a change and keeps its answer. */
    void of(Change change) {
        try {
            answer.set(new Answer(change.make(), null));
        } catch (RefusedChangeException e) {
            answer.set(new Answer(null, e));
        }
    }

    /**
     * Returns the outcome.
     *
     * @param failures reasons of a missing answer
     * @throws RefusedChangeException if the change was refused or did not end
     */
    ChangeOutcome get(List<String> failures) throws RefusedChangeException {
        Answer found = answer.get();
        if (found != null && found.refusal != null) {
            throw found.refusal;
        } else if (found != null && found.outcome != null) {
            return found.outcome;
        }
        throw new RefusedChangeException(
                Reason.FAILED,
                failures.stream().map(text -> DefinitionFault.of("", "", text)).toList());
    }
}
