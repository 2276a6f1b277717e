package dev.weir.engine;

import dev.weir.testkit.block.BackendScript;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import org.jspecify.annotations.Nullable;

/** A script that records calls, for example as {@code read 4096}, and fails them on demand. */
final class RecordingScript implements BackendScript {
    final List<String> log = new ArrayList<>();

    /** The message of the exception with which every call fails; empty for none. */
    String failure = "";

    /** The error that every call throws. */
    @Nullable
    Error error;

    /** The number of attempts to open a backend. */
    int tries;

    @Override
    public Fault fault(Access access) throws IOException {
        String name = access.call().name().toLowerCase(Locale.ROOT).replace('_', '-');
        switch (access.call()) {
            case OPEN -> {
                tries++;
                failIfAsked();
                log.add(name + " " + access.drive());
            }
            case CLOSE -> log.add(name + " " + access.drive());
            case READ_NOW -> log.add(name + " " + access.offset());
            case LEND -> throwIfAsked();
            case CHECK -> {}
            case FLUSH -> {
                failIfAsked();
                log.add(name);
            }
            default -> {
                failIfAsked();
                log.add(name + " " + access.offset());
            }
        }
        return Fault.NONE;
    }

    private void throwIfAsked() {
        if (error != null) {
            throw error;
        }
    }

    private void failIfAsked() throws IOException {
        throwIfAsked();
        if (!failure.isEmpty()) {
            throw new IOException(failure);
        }
    }
}
