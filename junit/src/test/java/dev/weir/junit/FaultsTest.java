package dev.weir.junit;

import static dev.weir.block.Operation.FLUSH;
import static dev.weir.block.Operation.WRITE;
import static dev.weir.junit.Faults.corrupt;
import static dev.weir.junit.Faults.hang;
import static dev.weir.junit.Faults.keep;
import static dev.weir.junit.Faults.latency;
import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.weir.fault.FaultSettings;
import dev.weir.fault.FaultState;
import dev.weir.fault.PowerCutReport;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.Objects;
import java.util.concurrent.CompletableFuture;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class FaultsTest {
    private static final byte[] DATA = data();

    private static byte[] data() {
        byte[] data = new byte[8192];
        Arrays.fill(data, (byte) 7);
        return data;
    }

    private static byte[] read(EmbeddedDrive drive) throws IOException {
        ByteBuffer buffer = ByteBuffer.allocate(DATA.length);
        drive.channel().read(buffer);
        return buffer.array();
    }

    @Test
    void endOfTheRecordWritesUnflushedData() throws IOException {
        try (EmbeddedDrive drive =
                EmbeddedDrive.memory(EmbeddedDrive.MIB).losesPower().start()) {
            drive.channel().write(ByteBuffer.wrap(DATA));
            assertEquals(
                    1,
                    Objects.requireNonNull(drive.control().faults().unflushed()).writes());
            drive.control().faults().recordUnflushed(false);
            assertEquals(null, drive.control().faults().unflushed());
            assertArrayEquals(DATA, read(drive));
        }
    }

    @Test
    void closedDriveKeepsUnflushedData(@TempDir Path folder) throws IOException {
        Path image = folder.resolve("disk.img");
        try (EmbeddedDrive drive =
                EmbeddedDrive.file(image, EmbeddedDrive.MIB).losesPower().start()) {
            drive.channel().write(ByteBuffer.wrap(DATA));
        }
        try (EmbeddedDrive drive = EmbeddedDrive.file(image, EmbeddedDrive.MIB).start()) {
            assertArrayEquals(DATA, read(drive));
        }
    }

    @Test
    void channelsFailAfterAPowerCut() throws IOException {
        try (EmbeddedDrive drive =
                EmbeddedDrive.memory(EmbeddedDrive.MIB).losesPower().start()) {
            FlushableChannel before = drive.channel();
            before.write(ByteBuffer.wrap(DATA));
            PowerCutReport report = drive.powerCut(keep.none());
            assertEquals(DATA.length, report.lostBytes());
            assertThrows(IOException.class, () -> before.write(ByteBuffer.wrap(DATA)));
            assertThrows(IOException.class, before::flush);
            assertArrayEquals(new byte[DATA.length], read(drive));
        }
    }

    @Test
    void powerCutEndsAHungRequest() throws Exception {
        try (EmbeddedDrive drive =
                EmbeddedDrive.memory(EmbeddedDrive.MIB).losesPower().start()) {
            drive.fault(hang().on(WRITE));
            FlushableChannel channel = drive.channel();
            CompletableFuture<Boolean> failed = CompletableFuture.supplyAsync(() -> {
                try {
                    channel.write(ByteBuffer.wrap(DATA));
                    return false;
                } catch (IOException e) {
                    return true;
                }
            });
            while (drive.control().faults().list().get(0).holding() == 0) {
                Thread.onSpinWait();
            }
            drive.powerCut(keep.all());
            assertTrue(failed.get());
            drive.heal();
            assertArrayEquals(new byte[DATA.length], read(drive));
        }
    }

    @Test
    void rulesHaveTheSettingsOfTheFile() {
        assertEquals(
                "latency latency.p50=2ms latency.p99=400ms on=flush",
                latency("2ms").on(FLUSH).percentile99("400ms").fault().toString());
        assertEquals(
                "rot corrupt=2 for=30s percent=0.5 seed=7",
                corrupt(2)
                        .percent(0.5)
                        .seed(7)
                        .lasting("30s")
                        .named("rot")
                        .fault()
                        .toString());
        assertThrows(
                IllegalArgumentException.class, () -> EmbeddedDrive.memory(1).fault(latency("2 miles")));
    }

    @Test
    void describedFaultsHoldFromTheStart() throws IOException {
        try (EmbeddedDrive drive = EmbeddedDrive.memory(EmbeddedDrive.MIB)
                .fault(latency("1ms").on(FLUSH).seed(3))
                .start()) {
            FaultState state = drive.control().faults().list().get(0);
            assertEquals("latency latency=1ms on=flush seed=3", state.fault().toString());
            drive.heal();
            assertEquals(FaultSettings.NONE, drive.control().faults().settings());
        }
    }
}
