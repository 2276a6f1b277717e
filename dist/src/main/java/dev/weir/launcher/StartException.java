package dev.weir.launcher;

/** Why Weir cannot run, for people. */
final class StartException extends Exception {
    private static final long serialVersionUID = 1;

    private final String reasons;

    /** Takes the reasons, a line for each. */
    StartException(String reasons) {
        super(reasons);
        this.reasons = reasons;
    }

    String reasons() {
        return reasons;
    }
}
