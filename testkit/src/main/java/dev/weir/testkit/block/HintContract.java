package dev.weir.testkit.block;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.weir.block.BlockBackend;
import dev.weir.block.HintedBackend;
import dev.weir.testkit.block.FramedBuffer.Kind;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.util.Arrays;
import java.util.Random;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;

/** The part of the contract that is about the speed hints of {@link HintedBackend}. Other backends pass it. */
abstract class HintContract extends OpenBackend {
    static final int SIZE = 300_007;

    @Test
    @DisplayName("an immediate read returns the stored bytes or leaves the position unchanged")
    void readsNowOrNot() throws IOException {
        for (Kind kind : Kind.values()) {
            BlockBackend backend = fresh(SIZE);
            byte[] bytes = ModelledDrive.randomBytes(new Random(1), 4096);
            backend.write(ByteBuffer.wrap(bytes), 8192);
            FramedBuffer destination = new FramedBuffer(kind, bytes.length);
            int position = destination.buffer().position();
            if (backend instanceof HintedBackend hinted && hinted.readNow(destination.buffer(), 8192)) {
                assertArrayEquals(bytes, destination.taken(), kind + " destination");
            } else {
                assertEquals(position, destination.buffer().position(), kind + " destination");
            }
            close();
        }
    }

    @Test
    @DisplayName("an immediate write stores the bytes or leaves the position unchanged")
    void writesNowOrNot() throws IOException {
        for (Kind kind : Kind.values()) {
            BlockBackend backend = fresh(SIZE);
            byte[] bytes = ModelledDrive.randomBytes(new Random(1), 4096);
            FramedBuffer source = new FramedBuffer(kind, bytes.length).filledWith(bytes);
            int position = source.buffer().position();
            if (backend instanceof HintedBackend hinted && hinted.writeNow(source.buffer(), 8192)) {
                assertArrayEquals(bytes, source.taken(), kind + " source, afterwards");
                FramedBuffer destination = new FramedBuffer(kind, bytes.length);
                backend.read(destination.buffer(), 8192);
                assertArrayEquals(bytes, destination.taken(), kind + " destination");
            } else {
                assertEquals(position, source.buffer().position(), kind + " source");
            }
            close();
        }
    }

    @Test
    @DisplayName("a loan shows bytes of its own range until it is given back, also after trims, writes and a close")
    void loansAreGoodUntilTheyAreGivenBack() throws IOException {
        byte[] written = new byte[200_000];
        byte[] elsewhere = new byte[SIZE];
        Arrays.fill(written, (byte) 1);
        Arrays.fill(elsewhere, (byte) 2);
        BlockBackend backend = fresh(2L * SIZE);
        backend.write(ByteBuffer.wrap(written), 3);
        Borrowed borrowed = new Borrowed(backend, 3, written.length);
        backend.trim(0, SIZE);
        backend.write(ByteBuffer.wrap(elsewhere), SIZE);
        checkIsOfItsRange(borrowed);
        close();
        fresh(SIZE).write(ByteBuffer.wrap(elsewhere), 0);
        checkIsOfItsRange(borrowed);
        borrowed.giveBack();
        close();
        fresh(SIZE).write(ByteBuffer.wrap(elsewhere), 0);
    }

    private static void checkIsOfItsRange(Borrowed borrowed) {
        for (byte value : borrowed.bytes()) {
            assertTrue(value == 1 || value == 0, "a byte that is lent and was never in the range: " + value);
        }
    }
}
