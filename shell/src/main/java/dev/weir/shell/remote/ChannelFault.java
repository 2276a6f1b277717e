package dev.weir.shell.remote;

import java.io.IOException;
import java.io.Serial;

/** A client said what cannot be understood; the message is for it. */
final class ChannelFault extends IOException {
    @Serial
    private static final long serialVersionUID = 1L;

    ChannelFault(String message) {
        super(message);
    }
}
