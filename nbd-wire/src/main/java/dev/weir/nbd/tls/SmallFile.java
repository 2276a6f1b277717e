package dev.weir.nbd.tls;

import dev.weir.file.TrustedFile;
import java.io.IOException;
import java.io.InputStream;
import java.nio.file.AccessDeniedException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;

/** Reads whole files of keys and certificates up to a size limit. */
final class SmallFile {
    private static final int MAX_MIB = 16;
    private static final int MAX_BYTES = MAX_MIB << 20;

    private SmallFile() {}

    /**
     * Returns the content of a file.
     *
     * @throws TlsFileException if it is not a regular file, cannot be read, is longer than {@value #MAX_MIB} MiB or can
     *     be changed by other users
     */
    static byte[] read(Path file) throws TlsFileException {
        if (Files.exists(file) && !Files.isRegularFile(file)) {
            throw new TlsFileException(file, "must be a file", null); // opening a FIFO would wait for a writer
        }
        String violated = Files.exists(file) ? TrustedFile.violated(file) : null;
        if (violated != null) {
            throw new TlsFileException(file, violated, null);
        }
        try (InputStream in = Files.newInputStream(file)) {
            byte[] content = in.readNBytes(MAX_BYTES + 1);
            if (content.length > MAX_BYTES) {
                throw new TlsFileException(file, "must be at most " + MAX_MIB + " MiB", null);
            }
            return content;
        } catch (TlsFileException e) {
            throw e;
        } catch (NoSuchFileException e) {
            throw new TlsFileException(file, "no such file", e);
        } catch (AccessDeniedException e) {
            throw new TlsFileException(file, "Weir's user may not read it", e);
        } catch (IOException e) {
            throw new TlsFileException(file, "cannot be read: " + e.getMessage(), e);
        }
    }
}
