package dev.weir.launcher.deploy;

/** Says why a jar cannot be used as a bundle. The message follows the words "cannot be used:". */
final class UnusableJarException extends Exception {
    private static final long serialVersionUID = 1;

    UnusableJarException(String message) {
        super(message);
    }
}
