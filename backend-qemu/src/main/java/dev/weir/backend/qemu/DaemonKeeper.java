package dev.weir.backend.qemu;

import dev.weir.clock.Clock;
import dev.weir.clock.Timer;
import dev.weir.log.RateLimitedLog;
import dev.weir.supervision.DaemonThreads;
import dev.weir.unit.Measure;
import java.io.Closeable;
import java.io.IOException;
import java.nio.file.Path;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Supervises the daemon of one drive. A daemon that ends is restarted, at first at once and then after pauses that
 * double from {@value #MIN_PAUSE_MILLIS} ms to {@value #MAX_PAUSE_MILLIS} ms.
 *
 * <p>Its thread starts the daemons and waits for the end of each, as {@link Daemon#start} demands.
 *
 * <p>Thread-safe. Design: {@code docs/design/decisions/031-qemu-storage-daemon.md}.
 */
final class DaemonKeeper implements Closeable {
    static final long MIN_PAUSE_MILLIS = 100;
    static final long MAX_PAUSE_MILLIS = 10_000;

    private static final Logger LOG = LoggerFactory.getLogger(DaemonKeeper.class);

    /** A daemon that ran for so long (ns) may be replaced at once. */
    private static final long PROVEN_NANOS = TimeUnit.SECONDS.toNanos(10);

    /** How long a daemon may take to write back its metadata at the close (s). */
    private static final long QUIT_SECONDS = 30;

    /** How long a change of the size may take (s). A larger image than any known takes some seconds. */
    static final long RESIZE_SECONDS = 300;

    private final String drive;
    private final Path folder;
    private final Programs programs;
    private final Setup setup;
    private final Clock clock;
    private final RateLimitedLog output;
    private final Timer pauseEnd;
    private final Thread thread;
    private final CompletableFuture<@Nullable Void> firstReady = new CompletableFuture<>();

    /** Whether a daemon has ever been prepared. Confined to the keeper's thread. */
    private boolean hasServed;

    // guarded by this
    private boolean closing;
    private @Nullable Daemon current;
    private String fault = "";
    private long faultSince;

    /** Prepares a new daemon, and changes a running one. */
    interface Setup {

        /**
         * Makes the daemon serve the drive.
         *
         * @param qmp the daemon's monitor
         * @throws IOException if it cannot
         */
        void serve(QmpClient qmp) throws IOException;

        /**
         * Changes the size of the drive. Later daemons serve it with the new size.
         *
         * @param qmp the monitor of a daemon that serves the drive
         * @param size the new size (bytes)
         * @throws IOException if it cannot have the size; it has the old one then
         */
        void resize(QmpClient qmp, long size) throws IOException;
    }

    /**
     * Creates a keeper without a daemon.
     *
     * @param drive name of the drive
     * @param folder private folder of the daemon
     * @param setup prepares each daemon, on the keeper's thread
     */
    DaemonKeeper(String drive, Path folder, Programs programs, Setup setup, Clock clock) {
        this.drive = drive;
        this.folder = folder;
        this.programs = programs;
        this.setup = setup;
        this.clock = clock;
        pauseEnd = clock.timer(this::wake);
        output = new RateLimitedLog("drive " + drive + ": output of qemu-storage-daemon", LOG::warn);
        thread = DaemonThreads.named("weir-qemu-" + drive).newThread(this::run);
    }

    /**
     * Starts the first daemon and waits until it is prepared.
     *
     * @throws IOException if it fails; the keeper has ended then
     */
    void start() throws IOException {
        thread.start();
        try {
            firstReady.get();
        } catch (ExecutionException e) {
            throw e.getCause() instanceof IOException failure ? failure : new IOException(e.getCause());
        } catch (InterruptedException e) {
            close();
            throw new IOException("interrupted while qemu-storage-daemon starts", e);
        }
    }

    /** Returns the empty string while a prepared daemon runs, else the reason and its age. Never blocks. */
    String condition() {
        synchronized (this) {
            long seconds = TimeUnit.NANOSECONDS.toSeconds(clock.nanoTime() - faultSince);
            return fault.isEmpty() ? "" : "%s; no service for %d s; starts again".formatted(fault, seconds);
        }
    }

    /**
     * Changes the size of the drive. Kills a daemon that takes longer than {@value #RESIZE_SECONDS} s; the next one
     * serves the drive with either size.
     *
     * @throws IOException if no daemon serves now, it refuses the size or it takes too long
     */
    void resize(long size) throws IOException {
        Daemon daemon;
        synchronized (this) {
            daemon = current;
            if (daemon == null || !fault.isEmpty()) {
                throw new IOException("qemu-storage-daemon does not serve the drive now; try again");
            }
        }
        AtomicBoolean late = new AtomicBoolean();
        Timer limit = clock.timer(() -> {
            late.set(true);
            daemon.kill();
        });
        limit.arm(clock.nanoTime() + TimeUnit.SECONDS.toNanos(RESIZE_SECONDS));
        try {
            setup.resize(daemon.qmp(), size);
        } catch (IOException e) {
            throw late.get()
                    ? new IOException(
                            "size = " + Measure.sizeText(size) + ": qemu-storage-daemon did not change it within "
                                    + RESIZE_SECONDS + " s and was killed; the drive has either size",
                            e)
                    : e;
        } finally {
            limit.disarm();
        }
    }

    private void run() {
        try {
            keep();
        } catch (RuntimeException | Error e) {
            firstReady.completeExceptionally(e);
            LOG.error("drive {}: qemu-storage-daemon is no longer supervised", drive, e);
            note("qemu-storage-daemon is no longer supervised: " + e);
        }
    }

    private void keep() {
        long pause = 0;
        while (pauseFor(pause)) {
            long begin = clock.nanoTime();
            String reason = runOnce();
            if (!hasServed || isClosing()) {
                return;
            }
            boolean proven = clock.nanoTime() - begin >= PROVEN_NANOS;
            pause = proven ? 0 : Math.min(Math.max(2 * pause, MIN_PAUSE_MILLIS), MAX_PAUSE_MILLIS);
            LOG.error("drive {}: {}; starts again in {} ms, requests wait", drive, reason, pause);
            note(reason);
        }
    }

    /** Runs one daemon to its end. Returns why it ended or did not start. */
    private String runOnce() {
        try (Daemon daemon = Daemon.start(programs.daemon(), folder, thread.getName(), this::print)) {
            if (!begin(daemon)) {
                return "closed";
            }
            setup.serve(daemon.qmp());
            note("");
            hasServed = true;
            firstReady.complete(null);
            return daemon.awaitEnd();
        } catch (IOException e) {
            firstReady.completeExceptionally(e); // has no effect on a later daemon
            return String.valueOf(e.getMessage());
        } finally {
            begin(null);
        }
    }

    private void print(String line) {
        output.write(() -> "drive " + drive + ": " + line);
    }

    private synchronized boolean begin(@Nullable Daemon daemon) {
        current = daemon;
        return !closing;
    }

    private synchronized boolean isClosing() {
        return closing;
    }

    private synchronized void note(String reason) {
        if (fault.isEmpty()) {
            faultSince = clock.nanoTime();
        }
        fault = reason;
    }

    private synchronized void wake() {
        notifyAll();
    }

    /** Waits. Returns false if the keeper is closed meanwhile. */
    private synchronized boolean pauseFor(long millis) {
        long end = clock.nanoTime() + TimeUnit.MILLISECONDS.toNanos(millis);
        while (!closing) {
            if (clock.nanoTime() - end >= 0) {
                return true;
            }
            pauseEnd.arm(end);
            try {
                wait();
            } catch (InterruptedException e) {
                LOG.debug("drive {}: an interrupt does not end the supervision", drive, e);
            }
        }
        return false;
    }

    /**
     * Asks the daemon to quit. Kills it if it takes longer than {@value #QUIT_SECONDS} s.
     *
     * @throws IOException if it had to be killed, so that writes without a flush may be lost
     */
    @Override
    public void close() throws IOException {
        Daemon daemon;
        boolean serves;
        boolean inOrder = true;
        synchronized (this) {
            closing = true;
            notifyAll();
            daemon = current;
            serves = fault.isEmpty() && firstReady.isDone();
        }
        try {
            if (daemon != null && !(serves && daemon.quit(QUIT_SECONDS))) {
                daemon.close();
                inOrder = !serves;
            }
            thread.join();
        } catch (InterruptedException e) {
            if (daemon != null) {
                daemon.close();
            }
            Thread.currentThread().interrupt();
            throw new IOException("interrupted while qemu-storage-daemon ends", e);
        }
        if (!inOrder) {
            throw new IOException("qemu-storage-daemon did not end within " + QUIT_SECONDS
                    + " s and was killed; writes without a flush may be lost");
        }
    }
}
