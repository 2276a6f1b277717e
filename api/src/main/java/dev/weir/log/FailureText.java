package dev.weir.log;

import java.io.IOException;
import java.net.UnknownHostException;
import java.nio.file.AccessDeniedException;
import java.nio.file.DirectoryNotEmptyException;
import java.nio.file.FileAlreadyExistsException;
import java.nio.file.FileSystemException;
import java.nio.file.NoSuchFileException;
import java.nio.file.NotDirectoryException;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * The reason of a failure in plain words, for logs and error texts. The JDK leaves the reason of some failures to the
 * name of the exception: the message of a missing file is only its path. A full heap has its size and remedy.
 *
 * <p>Stateless.
 */
public final class FailureText {

    /** The JVM's messages for a full heap. */
    private static final Set<String> HEAP = Set.of("Java heap space", "GC overhead limit exceeded");

    private FailureText() {}

    /**
     * {@return the message of an {@link IOException}, with its reason; the name and message of another failure, which
     *     is a bug; in {@linkplain PlainText plain text}, on one line}
     *
     * @param failure any failure
     */
    public static String of(Throwable failure) {
        return PlainText.of(words(failure));
    }

    private static String words(Throwable failure) {
        String message = failure.getMessage();
        if (failure instanceof FileSystemException file) {
            String reason = reason(file);
            String name = file.getFile();
            return reason == null ? file.toString() : name == null ? reason : name + ": " + reason;
        }
        if (failure instanceof UnknownHostException && message != null) {
            return "no such host: " + message;
        }
        if (failure instanceof OutOfMemoryError && message != null && HEAP.contains(message)) {
            return "OutOfMemoryError: the JVM's heap of %d MiB is full (raise -Xmx)"
                    .formatted(Runtime.getRuntime().maxMemory() >> 20);
        }
        return failure instanceof IOException && message != null ? message : failure.toString();
    }

    private static @Nullable String reason(FileSystemException failure) {
        if (failure instanceof NoSuchFileException) {
            return "no such file or folder";
        }
        if (failure instanceof AccessDeniedException) {
            return "permission denied";
        }
        if (failure instanceof FileAlreadyExistsException) {
            return "exists already";
        }
        if (failure instanceof NotDirectoryException) {
            return "is not a folder";
        }
        return failure instanceof DirectoryNotEmptyException ? "is not empty" : failure.getReason();
    }
}
