package dev.weir.shell.remote;

import java.io.IOException;
import java.io.Serial;

/** A protocol error or invalid request of a client. The message is sent to the client. */
final class ChannelFault extends IOException {
    @Serial
    private static final long serialVersionUID = 1L;

    ChannelFault(String message) {
        super(message);
    }
}
