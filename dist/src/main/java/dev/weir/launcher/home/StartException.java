package dev.weir.launcher.home;

/** Thrown when Weir cannot start. The message is for the user. */
public final class StartException extends Exception {
    private static final long serialVersionUID = 1;

    private final String reasons;

    /**
     * Creates an exception.
     *
     * @param reasons one line per reason
     */
    public StartException(String reasons) {
        super(reasons);
        this.reasons = reasons;
    }

    /** Returns one line per reason. */
    public String reasons() {
        return reasons;
    }
}
