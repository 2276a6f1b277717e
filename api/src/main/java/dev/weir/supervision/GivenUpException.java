package dev.weir.supervision;

/** Reports that a thread that the process needs has ended because it failed too often in a row. */
public final class GivenUpException extends RuntimeException {
    private static final long serialVersionUID = 1;

    /**
     * Creates the exception.
     *
     * @param message the thread and its last failure
     */
    public GivenUpException(String message) {
        super(message);
    }
}
