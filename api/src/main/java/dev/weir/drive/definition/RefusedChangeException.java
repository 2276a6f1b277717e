package dev.weir.drive.definition;

import java.io.Serial;
import java.util.List;
import java.util.stream.Collectors;

/** A change of a definition was refused. Neither files nor drives have changed. */
public final class RefusedChangeException extends Exception {
    @Serial
    private static final long serialVersionUID = 1L;

    /** Reasons of refusals. */
    public enum Reason {
        /** No such drive or group exists. */
        ABSENT,
        /** The name is in use. */
        EXISTS,
        /** The operator's file or the command line defines it. */
        OPERATOR,
        /** The definition has another version than the expected one. */
        OUTDATED,
        /** A setting breaks a rule. */
        INVALID,
        /** The file cannot be written, or the change cannot be applied now. */
        FAILED
    }

    private final Reason reason;
    private final transient List<DefinitionFault> faults;

    /**
     * Creates a refusal. Its message has a line for each fault.
     *
     * @param reason the reason
     * @param faults the faults; at least one
     */
    public RefusedChangeException(Reason reason, List<DefinitionFault> faults) {
        super(faults.stream().map(DefinitionFault::toString).collect(Collectors.joining("\n")));
        this.reason = reason;
        this.faults = List.copyOf(faults);
    }

    /** {@return the reason} */
    public Reason reason() {
        return reason;
    }

    /** {@return the faults; at least one} */
    public List<DefinitionFault> faults() {
        return faults;
    }
}
