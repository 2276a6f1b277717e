package dev.weir.backend.qemu;

import java.io.IOException;
import java.io.Serial;

/** QEMU refused a command. The message is QEMU's. */
final class QmpException extends IOException {
    @Serial
    private static final long serialVersionUID = 1L;

    QmpException(String description) {
        super(description);
    }
}
