package dev.weir.config;

import dev.weir.log.FailureText;
import dev.weir.supervision.DaemonThreads;
import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Objects;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import org.jspecify.annotations.Nullable;

/**
 * Cached text of a pipe such as {@code --config <(command)}. The text is cached because a pipe can be read only once.
 * A daemon thread reads it, because a writer that never closes the pipe blocks its reader. Later readings wait for
 * the same thread.
 *
 * <p>Confined to the reading thread.
 */
final class PipeText {
    private static final long SECONDS = 10;

    private @Nullable Path path;
    private CompletableFuture<String> text = CompletableFuture.completedFuture("");

    /**
     * Returns the text.
     *
     * @throws IOException if the pipe is not closed within 10 s, exceeds {@link ReadFiles#MAX_BYTES} or cannot be
     *     read
     */
    String read(Path pipe) throws IOException {
        if (!pipe.equals(path) || text.isCompletedExceptionally()) {
            path = pipe;
            text = new CompletableFuture<>();
            CompletableFuture<String> filled = text;
            DaemonThreads.start("weir-config-pipe", () -> fill(pipe, filled));
        }
        try {
            return text.get(SECONDS, TimeUnit.SECONDS);
        } catch (TimeoutException e) {
            throw new IOException("is a pipe, and its writer has not closed it within " + SECONDS + " s", e);
        } catch (ExecutionException e) {
            throw new IOException("cannot be read: " + FailureText.of(Objects.requireNonNull(e.getCause())), e);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new IOException("was not read because Weir is stopping", e);
        }
    }

    /** Discards the text after a file has replaced the pipe. */
    void forget() {
        path = null;
    }

    private static void fill(Path pipe, CompletableFuture<String> text) {
        try (InputStream in = Files.newInputStream(pipe)) {
            byte[] bytes = in.readNBytes((int) ReadFiles.MAX_BYTES + 1);
            if (bytes.length > ReadFiles.MAX_BYTES) {
                throw new IOException("more than " + (ReadFiles.MAX_BYTES >> 20) + " MiB");
            }
            text.complete(new String(bytes, StandardCharsets.UTF_8));
        } catch (IOException | RuntimeException | Error e) {
            text.completeExceptionally(e);
        }
    }
}
