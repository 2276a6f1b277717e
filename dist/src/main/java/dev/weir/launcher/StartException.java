package dev.weir.launcher;

/** Thrown when Weir cannot start. The message is for the user. */
final class StartException extends Exception {
    private static final long serialVersionUID = 1;

    private final String reasons;

    /**
     * Creates an exception.
     *
     * @param reasons one line per reason
     */
    StartException(String reasons) {
        super(reasons);
        this.reasons = reasons;
    }

    String reasons() {
        return reasons;
    }
}
