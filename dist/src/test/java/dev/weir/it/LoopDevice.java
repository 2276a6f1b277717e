package dev.weir.it;

import static org.junit.jupiter.api.Assumptions.assumeTrue;

import java.nio.file.Path;

/** A loop device, which needs root. */
final class LoopDevice implements AutoCloseable {
    private final Path path;

    private LoopDevice(Path path) {
        this.path = path;
    }

    /** Makes a device of a file. Skips the test if that is not possible here. */
    static LoopDevice of(Path file) {
        Client.need("losetup");
        Client.Result made = Client.run("losetup", "--find", "--show", file.toString());
        assumeTrue(
                made.status() == 0, () -> "needs a loop device: " + made.err().strip());
        return new LoopDevice(Path.of(made.out().strip()));
    }

    Path path() {
        return path;
    }

    @Override
    public void close() {
        Client.run("losetup", "--detach", path.toString()).ok();
    }
}
