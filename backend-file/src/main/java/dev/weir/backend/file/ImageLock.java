package dev.weir.backend.file;

import com.sun.jna.Native;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.channels.AsynchronousFileChannel;
import java.nio.channels.OverlappingFileLockException;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * The lock on an image against other processes, compatible with QEMU's {@code file-posix} driver. A process takes a
 * read lock on byte {@value #USES} + n for each permission n that it uses. It takes a read lock on byte {@value
 * #DENIES} + n for each permission that it denies to others. Then it checks that no other process denies a used
 * permission or uses a denied one. A reader that denies nothing (for example {@code qemu-io -r -U}) can therefore
 * read an image that Weir serves.
 *
 * <p>The locks belong to an open file description (OFD locks) and end with it. Without native access the JDK locks
 * instead. A writer locks the whole file; a reader locks only the byte that denies writes. QEMU and other Weirs
 * respect these locks as well.
 */
final class ImageLock {
    static final long USES = 100;
    static final long DENIES = 200;

    /** Permission numbers as in QEMU. */
    static final int READ = 0;

    static final int WRITE = 1;
    static final int RESIZE = 3;

    private static final List<Integer> DENIED = List.of(WRITE, RESIZE);

    private ImageLock() {}

    /** Reasons in the error: the other process writes, or has the image open at all. */
    private static final String WRITTEN = "another process has it open for writing";

    private static final String HELD = "another process has it open";

    /**
     * Locks an image until the channel or the descriptor of {@code linux} is closed.
     *
     * @throws IOException if a lock of another process conflicts
     */
    static void take(ImageSpec spec, AsynchronousFileChannel channel, @Nullable LinuxFile linux) throws IOException {
        if (linux == null || !takeBytes(spec, linux.descriptor())) {
            takeWithJdk(spec, channel);
        }
    }

    /** Takes OFD locks. Returns false if the system does not support them. */
    private static boolean takeBytes(ImageSpec spec, int descriptor) throws IOException {
        Flock flock = new Flock();
        String excluded = spec.readOnly() ? WRITTEN : HELD;
        List<Integer> used = spec.readOnly() ? List.of(READ) : List.of(READ, WRITE);
        for (int permission : used) {
            int error = flock.shared(descriptor, USES + permission);
            if (error == LibC.EINVAL) {
                return false;
            }
            requireFree(spec, error, excluded);
        }
        for (int permission : DENIED) {
            requireFree(spec, flock.shared(descriptor, DENIES + permission), excluded);
        }
        for (int permission : used) {
            requireFree(spec, flock.heldByOthers(descriptor, DENIES + permission), excluded);
        }
        for (int permission : DENIED) {
            requireFree(spec, flock.heldByOthers(descriptor, USES + permission), excluded);
        }
        return true;
    }

    private static void requireFree(ImageSpec spec, int error, String reason) throws IOException {
        if (error == LibC.EAGAIN || error == LibC.EACCES) {
            throw spec.refused(reason);
        }
        if (error != 0) {
            throw spec.refused("cannot be locked: " + LibC.text(error));
        }
    }

    private static void takeWithJdk(ImageSpec spec, AsynchronousFileChannel channel) throws IOException {
        try {
            boolean locked = spec.readOnly()
                    ? channel.tryLock(DENIES + WRITE, 1, true) != null
                    : channel.tryLock(0, Long.MAX_VALUE, false) != null;
            if (!locked) {
                throw spec.refused(spec.readOnly() ? WRITTEN : HELD);
            }
        } catch (OverlappingFileLockException e) {
            throw spec.refused("is in use elsewhere in this process");
        }
    }

    /** A {@code struct flock} for one byte. */
    private static final class Flock {
        private static final short F_RDLCK = 0;
        private static final short F_WRLCK = 1;
        private static final short F_UNLCK = 2;

        private final ByteBuffer memory = ByteBuffer.allocateDirect(32).order(ByteOrder.nativeOrder());

        private int call(int descriptor, int command, short type, long at) {
            memory.putShort(0, type).putShort(2, (short) 0); // type, whence = SEEK_SET
            memory.putLong(8, at).putLong(16, 1).putInt(24, 0); // start, length, process: 0 for OFD locks
            return LibC.fcntl(descriptor, command, LibC.address(memory)) < 0 ? Native.getLastError() : 0;
        }

        /** Takes a read lock on a byte. Returns 0 on success, else the errno. */
        int shared(int descriptor, long at) {
            return call(descriptor, LibC.F_OFD_SETLK, F_RDLCK, at);
        }

        /**
         * Returns EAGAIN if another open file description has a lock on the byte, 0 if it is free, else the errno.
         */
        int heldByOthers(int descriptor, long at) {
            int error = call(descriptor, LibC.F_OFD_GETLK, F_WRLCK, at);
            return error != 0 || memory.getShort(0) == F_UNLCK ? error : LibC.EAGAIN;
        }
    }
}
