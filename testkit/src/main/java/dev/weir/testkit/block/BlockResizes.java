package dev.weir.testkit.block;

import static org.junit.jupiter.api.Assertions.assertEquals;

import dev.weir.block.BlockBackend;
import java.io.IOException;
import java.util.Random;

/** Changes of the size of a backend, compared with a model. */
final class BlockResizes {
    private static final int MAX_SIZE = 400_000;
    private static final int RESIZES = 60;
    private static final int MAX_STEPS = 8;

    /** Offset of the byte that survives a shrink. */
    private static final int KEPT = 1_000;

    private BlockResizes() {}

    /** Takes random steps between random changes of the size. */
    static void random(BlockBackend backend, Random random) throws IOException {
        ModelledDrive drive = new ModelledDrive(backend, 0, (int) backend.size());
        for (int i = 0; i < RESIZES; i++) {
            int size = (int) backend.size();
            for (int steps = random.nextInt(MAX_STEPS); steps > 0; steps--) {
                drive.randomStep(random, 0, size);
            }
            int next = 1 + random.nextInt(MAX_SIZE);
            backend.resize(next);
            assertEquals(next, backend.size());
            drive = drive.resized(next);
            drive.checkAll();
            drive.checkExtents(0, next);
        }
        backend.flush();
    }

    /** Grows a small drive, writes to its new end and shrinks it. */
    static void huge(BlockBackend backend, long size) throws IOException {
        int small = (int) backend.size();
        ModelledDrive drive = new ModelledDrive(backend, 0, small);
        drive.write(KEPT, new byte[] {7});
        backend.resize(size);
        assertEquals(size, backend.size());
        ModelledDrive end = new ModelledDrive(backend, size - small, small);
        end.checkAll();
        end.write(0, ModelledDrive.randomBytes(new Random(13), small));
        end.checkAll();
        drive.checkAll();
        backend.resize(small);
        drive.checkAll();
        backend.resize(size);
        drive.checkAll();
        new ModelledDrive(backend, size - small, small).checkAll();
    }
}
