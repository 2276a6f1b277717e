package dev.weir.nbd.tls;

import java.io.IOException;
import java.io.Serial;
import java.nio.file.Path;
import org.jspecify.annotations.Nullable;

/** An unusable file of keys or certificates. The message is the path and the reason. */
public final class TlsFileException extends IOException {
    @Serial
    private static final long serialVersionUID = 1L;

    private final transient Path file;
    private final String reason;

    TlsFileException(Path file, String reason, @Nullable Throwable cause) {
        super(file + ": " + reason, cause);
        this.file = file;
        this.reason = reason;
    }

    /** Returns the faulty file. */
    public Path file() {
        return file;
    }

    /** Returns the reason without the path. */
    public String reason() {
        return reason;
    }
}
