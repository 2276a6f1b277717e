package dev.weir.launcher.deploy;

/** Thrown when a jar is unusable as a bundle. Its message follows the words "cannot be used:". */
final class UnusableJarException extends Exception {
    private static final long serialVersionUID = 1;

    UnusableJarException(String message) {
        super(message);
    }
}
