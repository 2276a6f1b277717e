package dev.weir.launcher.home;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.StandardOpenOption;
import java.util.Optional;

/**
 * Lock of a home against a second Weir. The system releases it when the process ends in any way. The file remains.
 */
public final class HomeLock implements AutoCloseable {
    private final FileChannel file;

    /**
     * Acquires the lock.
     *
     * @throws StartException if another process holds it; the message names the process
     */
    public HomeLock(Home home) throws IOException, StartException {
        file = FileChannel.open(home.lock(), StandardOpenOption.CREATE, StandardOpenOption.WRITE);
        if (file.tryLock() == null) {
            file.close();
            String holder = holder(home).map(String::valueOf).orElse("unknown");
            throw new StartException("already running in %s (process %s); stop it, or choose another --home"
                    .formatted(home.folder(), holder));
        }
        file.truncate(0);
        file.write(ByteBuffer.wrap((ProcessHandle.current().pid() + "\n").getBytes(StandardCharsets.US_ASCII)));
    }

    /** Returns the process id of the last Weir that held the lock. */
    static Optional<Long> holder(Home home) {
        try {
            return Optional.of(Long.valueOf(Files.readString(home.lock()).strip()));
        } catch (IOException | NumberFormatException e) {
            return Optional.empty();
        }
    }

    @Override
    public void close() throws IOException {
        file.close();
    }
}
