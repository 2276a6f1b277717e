package dev.weir.backend.file;

import static org.junit.jupiter.api.Assumptions.abort;

import java.io.IOException;
import java.io.RandomAccessFile;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;

/** A block device in a file. Only root can make one. */
record LoopDevice(Path path) implements AutoCloseable {

    /** Makes a device, or skips the test with the reason. */
    static LoopDevice of(Path file, int sectorSize) throws IOException {
        List<String> command = List.of("losetup", "--find", "--show", "-b", "" + sectorSize, file.toString());
        try {
            Result made = run(command);
            if (made.status != 0) {
                abort("no loop device, which needs root: " + made.output.strip());
            }
            return new LoopDevice(Path.of(made.output.strip()));
        } catch (IOException e) {
            return abort("no loop device: " + e.getMessage());
        }
    }

    private record Result(int status, String output) {}

    private static Result run(List<String> command) throws IOException {
        Process process = new ProcessBuilder(new ArrayList<>(command))
                .redirectErrorStream(true)
                .start();
        String output = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
        try {
            return new Result(process.waitFor(), output);
        } catch (InterruptedException e) {
            throw new IOException(e);
        }
    }

    /** Grows the device and the file behind it. */
    void grow(Path file, long size) throws IOException {
        try (RandomAccessFile behind = new RandomAccessFile(file.toFile(), "rw")) {
            behind.setLength(size);
        }
        Result grown = run(List.of("losetup", "--set-capacity", path.toString()));
        if (grown.status != 0) {
            throw new IOException(grown.output);
        }
    }

    @Override
    public void close() throws IOException {
        Result ended = run(List.of("losetup", "--detach", path.toString()));
        if (ended.status != 0) {
            throw new IOException(ended.output);
        }
    }
}
